import { describe, expect, it } from '@jest/globals';
import type { BuiltPackage, PackageSpec } from '../../../src/lab/packages.ts';
import { updateInfo } from '../../../src/lab/rpm/updateinfo.ts';

function built(spec: PackageSpec): BuiltPackage {
  const { name, version } = spec;
  const file = `/nowhere/${name}.rpm`;
  return { spec, name, version, architecture: 'noarch', file, sizeBytes: 1, sha256: '' };
}

describe('The advisories of a lab repository', () => {
  it('are one for each package of security updates that says nothing itself', () => {
    const text = updateInfo([built({ name: 'shop', version: '1:2.0-3' })], 'security');
    expect(text).toContain('type="security"');
    expect(text).toContain('<id>LABSA-2026:shop-1:2.0-3</id>');
    expect(text).toContain('name="shop" epoch="1" version="2.0" release="3" arch="noarch"');
  });

  it('of one identifier are about all of its packages', () => {
    const advisory = { id: 'LABBA-1', type: 'bugfix', cves: ['CVE-2026-1'] } as const;
    const packages = ['one', 'two'].map((name) => built({ name, version: '1', advisory }));
    const text = updateInfo(packages, 'ordinary') ?? '';
    expect(text.match(/<update /g)).toHaveLength(1);
    expect(text.match(/<package /g)).toHaveLength(2);
    expect(text).toContain('id="CVE-2026-1" type="cve"');
  });

  it('are missing where no package has one', () => {
    expect(updateInfo([built({ name: 'shop', version: '1' })], 'ordinary')).toBeNull();
    const plain = built({ name: 'shop', version: '1', advisory: null });
    expect(updateInfo([plain], 'security')).toBeNull();
  });
});
