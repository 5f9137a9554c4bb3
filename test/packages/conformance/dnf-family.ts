import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIGURED_LOG } from '../../../src/lab/tool-package.ts';
import type { Family, Moment } from './family.ts';

/** The moment when a file of this package is on the disk beside the one it is to replace. */
function unpacking(when: string, name: string): Moment {
  return {
    when,
    async hasCome(host) {
      const files = await readdir(join(host.root, `/usr/share/${name}`));
      // rpm writes NAME;xxxxxxxx and renames it.
      return files.some((file) => file.includes(';'));
    },
  };
}

/** The moment when the script of this package's new version runs, which is right after it is unpacked. */
function configuring(when: string, name: string): Moment {
  return {
    when,
    hasCome: async (host, { to }) =>
      (await host.readFile(CONFIGURED_LOG)).includes(`${name} ${to}\n`),
  };
}

/** Of a configuration file, which whoever edits it may change: `S.5....T.  c /etc/shop.conf`. */
const isConfiguration = (line: string) => / {2}c \//.test(line);

export const dnfFamily: Family = {
  name: 'dnf',
  format: 'rpm',
  anyArchitecture: 'noarch',
  archiveName: (name, version) => `${name}-${version.replace(/^\d+:/, '')}.noarch.rpm`,
  origins: { security: 'lab', ordinary: 'ordinary' },
  refreshProgram: 'dnf',
  refreshFailures: [
    ['dead', 'MirrorUnreachable', true],
    ['not-found', 'MirrorListsBroken', true],
    ['expired', 'ReleaseExpired', false],
    ['bad-signature', 'SignatureInvalid', false],
    ['unknown-key', 'SignatureInvalid', false],
    ['unsigned', 'SignatureInvalid', false],
    ['lists-mismatch', 'HashMismatch', false],
  ],
  locks: { lists: '/var/cache/dnf/metadata_lock.pid', packages: '/var/lib/rpm/.rpm.lock' },
  databases: ['/var/lib/rpm', '/var/lib/dnf'],
  asideEndings: { keep: '.rpmnew', replace: '.rpmsave' },
  updaters: ['dnf-automatic.timer', 'dnf-makecache.timer'],
  updaterService: 'dnf-makecache.service',
  trailingIsMissing: 'nothing provides trailing needed by leading-1.1-1.noarch',
  noRoom: /(?:more space needed|needs .* more space) on the \/opt\/fat filesystem/,
  installers: ['dnf', 'rpm'],
  moments: [
    unpacking('as soon as it unpacks', 'lab-bulk-000'),
    unpacking('while it unpacks', 'lab-bulk-005'),
    configuring('between two packages', 'lab-bulk-003'),
    configuring(
      'when all is unpacked and the old versions are still in the database',
      'lab-bulk-007',
    ),
  ],
  midway: unpacking('while it unpacks', 'lab-bulk-004'),

  mending: (spec, id, cves) => ({ ...spec, advisory: { id, cves } }),
  mendingSource: 'advisories after 1.0-1: DSA-9999-1 (Important)',

  async install(host, specs) {
    const names = specs.map(({ name, version }) => `${name}-${version.replace(/^\d+:/, '')}`);
    await host.runOrThrow(['dnf', '-q', '-y', 'install', '--', ...names]);
  },
  async forget(host, name) {
    await host.runOrThrow([
      'rpm',
      '--erase',
      '--allmatches',
      '--nodeps',
      '--noscripts',
      '--',
      name,
    ]);
  },
  async versionOf(host, name) {
    const format = '%{VERSION}-%{RELEASE}\n';
    const { exitCode, stdout } = await host.run(['rpm', '-q', '--qf', format, name]);
    // Two lines where an update was cut off between the new version and the old one.
    return exitCode === 0 ? stdout.trim().replaceAll('\n', ' and ') : 'none';
  },
  async faults(host, names) {
    const all = await host.runOrThrow(['rpm', '-qa', '--qf', '%{NAME}.%{ARCH}\n']);
    const doubles = all.split('\n').filter((name, at, every) => every.indexOf(name) < at);
    const dependencies = await host.run(['rpm', '--verify', '--all', '--nofiles', '--noscripts']);
    // Ends with an error where a file is not as it was brought, which it lists.
    const { stdout } = await host.run(['rpm', '--verify', '--', ...names]);
    const files = stdout.split('\n').filter((line) => line !== '' && !isConfiguration(line));
    const left = await host.runOrThrow(['find', '/usr', '-name', '*;????????']);
    const ofKeys = (name: string) => name !== '' && !name.startsWith('gpg-pubkey.');
    return [...doubles.filter(ofKeys), dependencies.stdout, ...files, left].join('\n').trim();
  },
  async hold(host, name) {
    await host.runOrThrow(['dnf', '-q', 'versionlock', 'add', '--', name]);
  },
  async markAutomatic(host, name) {
    await host.runOrThrow(['dnf', '-q', 'mark', 'remove', '--', name]);
  },
  async automatic(host) {
    const list = ['dnf', '-q', '-C', 'repoquery', '--qf', '%{name}'] as const;
    const names = async (which: string) =>
      (await host.runOrThrow([...list, which])).trim().split('\n');
    const wanted = new Set(await names('--userinstalled'));
    return (await names('--installed')).filter((name) => !wanted.has(name)).toSorted();
  },
  traceOfRuns: (host) =>
    host.runOrThrow(['rpm', '-qa', '--qf', '%{NEVRA} %{INSTALLTIME} %{INSTALLTID}\n']),
};
