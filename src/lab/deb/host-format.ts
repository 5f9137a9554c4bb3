import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sourcesLine } from '../mirrors.ts';
import type { HostFormat } from '../package-format.ts';
import { runInRoot } from '../reach.ts';
import { writeInRoot } from '../root-files.ts';

export const debHost: HostFormat = {
  rootPackages: ['unattended-upgrades', 'apt-utils'],
  basePackages: [],
  finishRoot: () => Promise.resolve(),
  dailyTimers: ['apt-daily', 'apt-daily-upgrade', 'dpkg-db-backup'],

  async writeSources(root, mirrors, kinds, repositories) {
    const archives = kinds.flatMap((kind) => mirrors.archives[kind] ?? []);
    const option = `[signed-by=/usr/share/keyrings/${mirrors.distribution}-archive-keyring.gpg] `;
    const lines = archives.map((archive) => sourcesLine(archive, option));
    await writeInRoot(root, '/etc/apt/sources.list', `${lines.join('\n')}\n`);
    for (const { files } of repositories) {
      for (const [path, text] of Object.entries(files)) await writeInRoot(root, path, text);
    }
  },

  /** Unpacks and configures; no service is started, because policy-rc.d forbids it while the host is off. */
  async installPackages(root, packages) {
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
  },
};
