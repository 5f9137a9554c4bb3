import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/plan.ts';
import {
  APT_ENVIRONMENT,
  configureAllArgv,
  downloadArgv,
  fixBrokenArgv,
  installArgv,
  jobEnvironment,
  simulateAllArgv,
  simulateInstallArgv,
  simulateSecurityArgv,
  unpackArgv,
  updateArgv,
} from '../../../src/packages/apt/arguments.ts';

function change(name: string, more: Partial<Change> = {}): Change {
  return {
    name,
    architecture: 'amd64',
    oldVersion: '1.0',
    newVersion: '1:1.1',
    archive: `${name}_1%3a1.1_amd64.deb`,
    sha256: 'a'.repeat(64),
    sizeBytes: 1,
    origin: 'Debian-Security:12/stable-security',
    security: true,
    ...more,
  };
}

/** What is set by `-o`, and what is left of the command without it. */
function read(argv: readonly string[]): { options: Record<string, string>; words: string[] } {
  const options: Record<string, string> = {};
  const words: string[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    const setting = argv[index + 1] ?? '';
    if (word !== '-o' || setting.includes('::=')) words.push(word);
    else {
      const equals = setting.indexOf('=');
      options[setting.slice(0, equals)] = setting.slice(equals + 1);
      index += 1;
    }
  }
  return { options, words };
}

const KEEP = [
  ...['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'],
  ...['-o', 'Dpkg::Options::=--no-force-confnew', '-o', 'Dpkg::Options::=--no-force-confask'],
];

describe('Every call of apt-get', () => {
  it('sets what an image or an administrator may have set the other way', () => {
    for (const argv of [
      updateArgv(),
      simulateAllArgv(),
      downloadArgv([]),
      fixBrokenArgv('/d', 'keep'),
    ]) {
      expect(read(argv).options).toMatchObject({
        'Dpkg::Use-Pty': '0',
        'DPkg::Lock::Timeout': '600',
        'Acquire::Check-Valid-Until': 'true',
        'Acquire::Check-Date': 'true',
        'Acquire::AllowInsecureRepositories': 'false',
        'APT::Get::AllowUnauthenticated': 'false',
        'APT::Get::Always-Include-Phased-Updates': 'true',
        'APT::Get::AutomaticRemove': 'false',
        'APT::Get::allow-downgrades': 'false',
        'APT::Get::allow-remove-essential': 'false',
      });
    }
  });

  it('has an environment in which nothing asks and nothing is translated', () => {
    expect(APT_ENVIRONMENT).toEqual({
      LC_ALL: 'C',
      DEBIAN_FRONTEND: 'noninteractive',
      DEBCONF_NONINTERACTIVE_SEEN: 'true',
      NEEDRESTART_MODE: 'l',
      APT_LISTCHANGES_FRONTEND: 'none',
      APT_LISTBUGS_FRONTEND: 'none',
    });
    expect(jobEnvironment('keep')).toEqual({ ...APT_ENVIRONMENT, UCF_FORCE_CONFFOLD: '1' });
    expect(jobEnvironment('replace')).toEqual({ ...APT_ENVIRONMENT, UCF_FORCE_CONFFNEW: '1' });
  });
});

describe('The calls', () => {
  it('refresh strictly', () => {
    const { options, words } = read(updateArgv());
    expect(words).toEqual(['apt-get', '-q', 'update', '--']);
    expect(options['APT::Update::Error-Mode']).toBe('any');
  });

  it('plan everything so that removals show, and security without anything recommended', () => {
    expect(read(simulateAllArgv()).words).toEqual(['apt-get', '-q', '-s', 'dist-upgrade', '--']);
    const { options, words } = read(simulateSecurityArgv('/run/security.list'));
    expect(words).toEqual([
      ...['apt-get', '-q', '-s', '--with-new-pkgs', '--no-install-recommends', 'upgrade', '--'],
    ]);
    expect(options).toMatchObject({
      'Dir::Etc::SourceList': '/run/security.list',
      'Dir::Etc::SourceParts': '/dev/null',
      'Dir::Cache::pkgcache': '',
      'Dir::Cache::srcpkgcache': '',
    });
  });

  it('install exactly the versions of the plan, from the downloaded archives', () => {
    const input = {
      changes: [change('openssl'), change('tzdata', { architecture: 'all', newVersion: '2026f' })],
      removals: [],
      directory: '/var/cache/patchcycle/c',
      configFiles: 'keep' as const,
    };
    const { options, words } = read(installArgv(input));
    expect(words).toEqual([
      ...['apt-get', '-q', '-y', 'install', '--no-download', '--no-install-recommends'],
      ...['--only-upgrade', '--no-remove', ...KEEP],
      ...['--', 'openssl:amd64=1:1.1', 'tzdata:all=2026f'],
    ]);
    expect(options['Dir::Cache::archives']).toBe('/var/cache/patchcycle/c');
    const simulated = read(simulateInstallArgv(input)).words;
    expect(simulated).toEqual(words.map((word) => (word === '-y' ? '-s' : word)));
  });

  it('allow new packages and removals only where the plan has them, and name these', () => {
    const { words } = read(
      installArgv({
        changes: [change('kernel', { oldVersion: null })],
        removals: [{ name: 'rival', architecture: 'i386', oldVersion: '1' }],
        directory: '/d',
        configFiles: 'keep',
      }),
    );
    expect(words).not.toContain('--only-upgrade');
    expect(words).not.toContain('--no-remove');
    expect(words.slice(words.indexOf('--'))).toEqual(['--', 'kernel:amd64=1:1.1', 'rival:i386-']);
  });

  it('replace configuration files only where the policy says so', () => {
    const input = { changes: [change('x')], removals: [], directory: '/d' };
    const replacing = installArgv({ ...input, configFiles: 'replace' });
    expect(replacing).toContain('Dpkg::Options::=--force-confnew');
    expect(replacing).not.toContain('Dpkg::Options::=--force-confold');
    expect(installArgv({ ...input, configFiles: 'keep' })).not.toContain(
      'Dpkg::Options::=--force-confnew',
    );
  });

  it('recover without network, removals or a question', () => {
    const { options, words } = read(fixBrokenArgv('/d', 'keep'));
    expect(words).toEqual([
      ...['apt-get', '-q', '-y', '-f', 'install', '--no-remove', '--no-install-recommends'],
      ...['--no-download', ...KEEP, '--'],
    ]);
    expect(options['Dir::Cache::archives']).toBe('/d');
    const flags = [
      '--force-confdef',
      '--force-confold',
      '--no-force-confnew',
      '--no-force-confask',
    ];
    expect(configureAllArgv('keep')).toEqual(['dpkg', ...flags, '--configure', '--pending']);
    expect(unpackArgv(['/d/x.deb'], 'keep')).toEqual([
      'dpkg',
      ...flags,
      '--unpack',
      '--',
      '/d/x.deb',
    ]);
  });

  it('keep operands behind the end of the options', () => {
    const hostile = { name: '-oAPT::Get::x', architecture: 'amd64', newVersion: '1' };
    const argv = downloadArgv([hostile]);
    expect(argv.indexOf('--')).toBeLessThan(argv.indexOf('-oAPT::Get::x:amd64=1'));
  });
});
