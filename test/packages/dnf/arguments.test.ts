import { describe, expect, it } from '@jest/globals';
import {
  checkSignaturesArgv,
  downloadArgv,
  installArgv,
  refreshArgv,
  simulateAllArgv,
  simulateSecurityArgv,
} from '../../../src/packages/dnf/arguments.ts';
import { dnf4 } from '../../../src/packages/dnf/dialects/dnf4.ts';
import { dnf5 } from '../../../src/packages/dnf/dialects/dnf5.ts';
import { DIALECTS } from './fixture.ts';

const COMMON = [
  '--setopt=color=never',
  '--setopt=skip_if_unavailable=0',
  '--setopt=*.skip_if_unavailable=0',
  '--setopt=*.timeout=30',
  '--setopt=*.retries=1',
  '--setopt=best=0',
  '--setopt=clean_requirements_on_remove=0',
];

describe('The command lines of dnf', () => {
  it('are these for an update of everything', () => {
    const words = ['upgrade', '--assumeno', '--setopt=assumeyes=0', '--setopt=assumeno=1'];
    const own = '--setopt=exit_on_lock=1';
    expect(simulateAllArgv(dnf4)).toEqual(['dnf', '--cacheonly', ...words, ...COMMON, own]);
    const zchunk = '--setopt=zchunk=0';
    expect(simulateAllArgv(dnf5)).toEqual(['dnf5', '--cacheonly', ...words, ...COMMON, zchunk]);
  });

  it('are these for security alone, without what no advisory names', () => {
    expect(simulateSecurityArgv(dnf4, ['lib.noarch']).slice(1, 5)).toEqual([
      '--cacheonly',
      'upgrade-minimal',
      '--security',
      '--setopt=install_weak_deps=0',
    ]);
    expect(simulateSecurityArgv(dnf5, ['lib.noarch', 'helper.noarch'])).toEqual(
      expect.arrayContaining([
        'upgrade',
        '--minimal',
        '--exclude=lib.noarch',
        '--exclude=helper.noarch',
      ]),
    );
  });

  it('leave out versions that are forbidden, in either scope', () => {
    expect(simulateAllArgv(dnf4, ['app-1:2-1'])).toContain('--exclude=app-1:2-1');
    expect(simulateSecurityArgv(dnf5, ['app-1:2-1'])).toContain('--exclude=app-1:2-1');
  });

  it('check every signature also where the level of the host would pass what is not signed', () => {
    expect(checkSignaturesArgv(['/a.rpm'])).toEqual([
      'rpmkeys',
      '--define',
      '_pkgverify_level all',
      '--checksig',
      '--',
      '/a.rpm',
    ]);
  });
});

describe.each(DIALECTS)('The command lines of %s', (_, dialect) => {
  const all = [
    refreshArgv(dialect),
    simulateAllArgv(dialect),
    simulateSecurityArgv(dialect, []),
    downloadArgv(dialect, 'lab', '/d', ['app-0:2-1.noarch']),
    installArgv(dialect, ['/d/app-2-1.noarch.rpm'], 'run'),
  ];

  it.each(all)(
    'never let a dead repository be passed over, nor a signature: %s %s %s',
    (...argv) => {
      expect(argv).toContain('--setopt=*.skip_if_unavailable=0');
      expect(argv.join(' ')).not.toMatch(/gpgcheck=0|nogpg|allowerasing/);
    },
  );

  it('install from archives alone, whose signatures are checked once more', () => {
    const argv = installArgv(dialect, ['/d/app-2-1.noarch.rpm'], 'run');
    expect(argv).toEqual(
      expect.arrayContaining([
        '--cacheonly',
        '--disablerepo=*',
        '--setopt=localpkg_gpgcheck=1',
        '-y',
      ]),
    );
    expect(argv.slice(-2)).toEqual(['--', '/d/app-2-1.noarch.rpm']);
    const simulated = installArgv(dialect, ['/d/app-2-1.noarch.rpm'], 'simulate');
    expect(simulated).toContain('--assumeno');
    expect(simulated).not.toContain('-y');
  });

  it('take no name for an option', () => {
    const argv = downloadArgv(dialect, 'lab', '/d', ['app-0:2-1.noarch']);
    expect(argv.slice(-2)).toEqual(['--', 'app-0:2-1.noarch']);
  });
});
