import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveKind, Mirrors } from './mirrors.ts';
import { runInRoot } from './reach.ts';
import { writeInRoot } from './root-files.ts';
import type { HostFormat, SourcesEntry } from './package-format.ts';

export type Provisioning = {
  hostName: string;
  /** nginx listens here, on loopback: the network is shared with the machine and all other hosts. */
  httpPort: number;
  /** Of a .deb host: default all that the machine has; then the security archive's updates are pending. */
  archives?: readonly ArchiveKind[];
  repositories?: readonly SourcesEntry[];
  /** Package files that are installed before the host boots for the first time. */
  packages?: readonly string[];
  /** More files, by their path on the host, for example /etc/patchcycle/agent.yaml. */
  files?: Readonly<Record<string, string | { content: string; mode: number }>>;
  /** Units that are switched on before the first boot, for example the agent's. */
  units?: readonly string[];
};

/** Timers that run once a day: moved to New Year, so that no update or rotation comes into the middle of a test. */
const DAILY_TIMERS = ['e2scrub_all', 'logrotate', 'systemd-tmpfiles-clean'];

/** Makes the fresh copy of the root into this host. The host must be off. */
export async function provision(
  root: string,
  mirrors: Mirrors,
  format: HostFormat,
  wanted: Provisioning,
): Promise<void> {
  await writeIdentity(root, wanted.hostName);
  await writeQuietTimers(root, [...DAILY_TIMERS, ...format.dailyTimers]);
  await writeWebServer(root, wanted.httpPort);
  const { archives = ['main', 'updates', 'security'], repositories = [], packages = [] } = wanted;
  await format.writeSources(root, mirrors, archives, repositories);
  if (packages.length > 0) await format.installPackages(root, packages);
  // After the packages, so that a file here may be an edited configuration file of one of them.
  for (const [path, file] of Object.entries(wanted.files ?? {})) {
    const { content, mode } = typeof file === 'string' ? { content: file, mode: 0o644 } : file;
    await writeInRoot(root, path, content, mode);
  }
  if (wanted.units !== undefined)
    await runInRoot(root, ['systemctl', 'enable', '--', ...wanted.units]);
}

async function writeIdentity(root: string, hostName: string): Promise<void> {
  await writeInRoot(root, '/etc/hostname', `${hostName}\n`);
  await writeInRoot(root, '/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${hostName}\n`);
  // Each host has its own, and systemd then does not take the boot for the very first one.
  await writeInRoot(root, '/etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`, 0o444);
  await rm(join(root, 'etc/resolv.conf'), { force: true });
  await copyFile('/etc/resolv.conf', join(root, 'etc/resolv.conf'));
  // Logs of earlier boots are what a restored host is judged by.
  await writeInRoot(
    root,
    '/etc/systemd/journald.conf.d/lab.conf',
    '[Journal]\nStorage=persistent\n',
  );
  await mkdir(join(root, 'var/log/journal'), { recursive: true });
}

async function writeQuietTimers(root: string, timers: readonly string[]): Promise<void> {
  for (const timer of timers) {
    await writeInRoot(
      root,
      `/etc/systemd/system/${timer}.timer.d/lab.conf`,
      '[Timer]\nOnCalendar=\nOnBootSec=\nOnUnitActiveSec=\nOnCalendar=*-01-01 00:00:00\n',
    );
  }
}

async function writeWebServer(root: string, port: number): Promise<void> {
  await rm(join(root, 'etc/nginx/sites-enabled/default'), { force: true });
  const site = `server {
  listen 127.0.0.1:${port};
  location = /health { default_type text/plain; return 200 "ok\\n"; }
  location / { root /var/www/html; index index.nginx-debian.html; }
}
`;
  await writeInRoot(root, '/etc/nginx/sites-available/lab', site);
  await symlink('/etc/nginx/sites-available/lab', join(root, 'etc/nginx/sites-enabled/lab'));
}
