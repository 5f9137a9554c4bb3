import type { Family, Moment } from './family.ts';

const DPKG_LOG = '/var/log/dpkg.log';

/** The moment when dpkg has logged a status of a package since the step began, in the step's old or new version. */
function logged(when: string, status: string, name: string, version: 'from' | 'to'): Moment {
  return {
    when,
    async hasCome(host, step) {
      const begun = new RegExp(` upgrade lab-bulk-\\d+:all ${step.from} ${step.to}\n`);
      const log = await host.readFile(DPKG_LOG);
      const start = log.search(begun);
      return start >= 0 && log.includes(` status ${status} ${name}:all ${step[version]}\n`, start);
    },
  };
}

/** Of a configuration file, which whoever edits it may change: `??5?????? c /etc/shop.conf`. */
const isConfiguration = (line: string) => / c \//.test(line);

export const aptFamily: Family = {
  name: 'apt',
  format: 'deb',
  anyArchitecture: 'all',
  archiveName: (name, version) => `${name}_${version.replace(':', '%3a')}_all.deb`,
  origins: { security: 'Debian-Security:stable-security', ordinary: 'Debian:stable' },
  refreshProgram: 'apt-get',
  refreshFailures: [
    ['dead', 'MirrorUnreachable', true],
    ['not-found', 'MirrorListsBroken', true],
    ['expired', 'ReleaseExpired', false],
    ['future-dated', 'ReleaseExpired', false],
    ['bad-signature', 'SignatureInvalid', false],
    ['unknown-key', 'SignatureInvalid', false],
    ['unsigned', 'SignatureInvalid', false],
    ['lists-mismatch', 'HashMismatch', false],
  ],
  locks: { lists: '/var/lib/apt/lists/lock', packages: '/var/lib/dpkg/lock-frontend' },
  databases: ['/var/lib/dpkg', '/var/lib/systemd/deb-systemd-helper-enabled'],
  asideEndings: { keep: '.dpkg-dist', replace: '.dpkg-old' },
  updaters: ['apt-daily.timer', 'apt-daily-upgrade.timer', 'unattended-upgrades.service'],
  updaterService: 'apt-daily.service',
  trailingIsMissing: 'apt would bring trailing:all to 1.0-1, which is not in the approved plan',
  noRoom: /No space left on device/,
  installers: ['apt-get', 'dpkg'],
  moments: [
    logged('as soon as it unpacks', 'half-installed', 'lab-bulk-000', 'from'),
    logged('while it unpacks', 'half-installed', 'lab-bulk-005', 'from'),
    logged('when all is unpacked', 'unpacked', 'lab-bulk-007', 'to'),
    logged('while it configures', 'half-configured', 'lab-bulk-002', 'to'),
  ],
  midway: logged('while it unpacks', 'half-installed', 'lab-bulk-004', 'from'),

  mending: (spec, id, cves) => ({
    ...spec,
    changes: [`${id}: holes are mended`, cves.join(' and ')],
  }),
  mendingSource: 'changelog of the repository, entries after 1.0-1',

  async install(host, specs) {
    const names = specs.map(({ name, version }) => `${name}=${version}`);
    await host.runOrThrow(['apt-get', '-q', '-y', 'install', '--', ...names], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  },
  async forget(host, name) {
    await host.runOrThrow(['dpkg', '--purge', '--force-all', '--', name]);
  },
  async versionOf(host, name) {
    const format = '${db:Status-Status} ${db:Status-Eflag} ${Version}';
    const { exitCode, stdout } = await host.run(['dpkg-query', '-W', '-f', format, name]);
    if (exitCode !== 0 || /^(not-installed|config-files) /.test(stdout)) return 'none';
    return stdout.replace(/^installed ok /, '');
  },
  async faults(host, names) {
    const audit = await host.runOrThrow(['dpkg', '--audit']);
    // Ends with an error where a file is not as it was brought, which it lists.
    const { stdout } = await host.run(['dpkg', '--verify', ...names]);
    const left = await host.runOrThrow(['find', '/usr/share', '-name', '*.dpkg-new']);
    const files = stdout.split('\n').filter((line) => !isConfiguration(line));
    return `${audit}${files.join('\n')}${left}`;
  },
  async hold(host, name) {
    await host.runOrThrow(['apt-mark', 'hold', name]);
  },
  async markAutomatic(host, name) {
    await host.runOrThrow(['apt-mark', 'auto', name]);
  },
  async automatic(host) {
    const names = await host.runOrThrow(['apt-mark', 'showauto']);
    return names.trim().split('\n').toSorted();
  },
  traceOfRuns: (host) =>
    host.runOrThrow([
      'sha256sum',
      '/var/lib/dpkg/status',
      '/var/lib/apt/extended_states',
      DPKG_LOG,
    ]),
};
