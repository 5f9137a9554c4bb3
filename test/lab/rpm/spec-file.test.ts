import { describe, expect, it } from '@jest/globals';
import type { PackageSpec } from '../../../src/lab/packages.ts';
import { specFile } from '../../../src/lab/rpm/spec-file.ts';

function lines(more: Partial<PackageSpec>): string[] {
  return specFile({ name: 'shop', version: '2:1.0-3', ...more }, '/tree').split('\n');
}

describe('The .spec file of a lab package', () => {
  it('has the version in its parts, and release 1 where there is none', () => {
    expect(lines({})).toEqual(expect.arrayContaining(['Epoch: 2', 'Version: 1.0', 'Release: 3']));
    expect(lines({ version: '1.0' })).toContain('Release: 1');
    expect(() => lines({ version: '1-2-3' })).toThrow('not [EPOCH:]VERSION[-RELEASE]');
  });

  it('says what the package needs in words that both families have', () => {
    expect(lines({ requires: ['data >= 2'], obsoletes: ['stall'] })).toEqual(
      expect.arrayContaining(['Requires: data >= 2', 'Obsoletes: stall']),
    );
    expect(() => lines({ requires: ['data (>= 2)'] })).toThrow('is not NAME or NAME >= VERSION');
  });

  it("owns its own directories and leaves the system's alone", () => {
    const text = lines({ files: { '/usr/share/shop/a/b.txt': '', '/usr/bin/shop': '' } }).join(
      '\n',
    );
    expect(text).toContain('%dir %attr(0755,root,root) "/usr/share/shop"');
    expect(text).toContain('"/usr/share/shop/a"');
    expect(text).not.toContain('"/usr/share"\n');
  });

  it('tells configuration files apart by what becomes of an edited one', () => {
    const content = '';
    const text = lines({
      files: {
        '/etc/kept': { content, isConfiguration: true },
        '/etc/replaced': { content, isConfiguration: true, replacesEdited: true },
      },
    });
    expect(text).toContain('%config(noreplace) "/etc/kept"');
    expect(text).toContain('%config "/etc/replaced"');
  });

  it('takes no percent sign of a script for a macro', () => {
    expect(lines({ scripts: { afterInstall: 'date +%s' } })).toContain('date +%%s');
  });
});
