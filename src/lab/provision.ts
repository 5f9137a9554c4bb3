import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ArchiveKind, Mirrors } from './mirrors.ts';
import { runInRoot } from './reach.ts';
import { writeInRoot } from './root-files.ts';
import { sourcesLine } from './bootstrap.ts';

/** A package source besides the mirrors, as a lab repository describes itself. */
export type SourcesEntry = {
  /** Also the name of the files below /etc/apt. */
  name: string;
  /** The stanza of a `.sources` file. */
  stanza: string;
  /** The ASCII-armoured public key that the stanza's Signed-By names. */
  key: string;
};

export type Provisioning = {
  hostName: string;
  /** nginx listens here, on loopback: the network is shared with the machine and all other hosts. */
  httpPort: number;
  /** Default all that the machine has: then the security archive's updates are pending. */
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
const DAILY_TIMERS = [
  'apt-daily',
  'apt-daily-upgrade',
  'dpkg-db-backup',
  'e2scrub_all',
  'logrotate',
  'systemd-tmpfiles-clean',
];

/** Makes the fresh copy of the root into this host. The host must be off. */
export async function provision(
  root: string,
  mirrors: Mirrors,
  wanted: Provisioning,
): Promise<void> {
  await writeIdentity(root, wanted.hostName);
  await writeQuietTimers(root);
  await writeWebServer(root, wanted.httpPort);
  await writeSources(root, mirrors, wanted);
  await installPackages(root, wanted.packages ?? []);
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

async function writeQuietTimers(root: string): Promise<void> {
  for (const timer of DAILY_TIMERS) {
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

async function writeSources(root: string, mirrors: Mirrors, wanted: Provisioning): Promise<void> {
  const kinds = wanted.archives ?? ['main', 'updates', 'security'];
  const archives = kinds.flatMap((kind) => mirrors.archives[kind] ?? []);
  const option = `[signed-by=/usr/share/keyrings/${mirrors.distribution}-archive-keyring.gpg] `;
  const lines = archives.map((archive) => sourcesLine(archive, option));
  await writeInRoot(root, '/etc/apt/sources.list', `${lines.join('\n')}\n`);
  for (const { name, stanza, key } of wanted.repositories ?? []) {
    await writeInRoot(root, `/etc/apt/sources.list.d/${name}.sources`, stanza);
    await writeInRoot(root, `/etc/apt/keyrings/${name}.asc`, key);
  }
}

/** Unpacks and configures; no service is started, because policy-rc.d forbids it while the host is off. */
async function installPackages(root: string, packages: readonly string[]): Promise<void> {
  if (packages.length === 0) return;
  const policy = join(root, 'usr/sbin/policy-rc.d');
  const staging = join(root, 'var/cache/lab-packages');
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
  await mkdir(staging);
  try {
    for (const path of packages) await copyFile(path, join(staging, basename(path)));
    const inside = packages.map((path) => `/var/cache/lab-packages/${basename(path)}`);
    await runInRoot(root, ['dpkg', '--install', '--', ...inside]);
  } finally {
    await rm(staging, { recursive: true });
    await rm(policy);
  }
}
