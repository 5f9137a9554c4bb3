import { copyFile, glob, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createLabDirectory, removeLabDirectory } from '../directory.ts';
import type { HostFormat } from '../package-format.ts';
import { runInRoot } from '../reach.ts';
import { writeInRoot } from '../root-files.ts';
import { BASE_PACKAGES } from './base-packages.ts';
import { buildRpms } from './build.ts';

/** What would make the root a host of two families: it came from Debian's archive. */
const OF_DEBIAN = [
  'etc/{apt,dpkg,debian_version}',
  'etc/cron.daily/{apt*,dpkg}',
  'etc/logrotate.d/{alternatives,apt,dpkg}',
  'etc/systemd/system/timers.target.wants/{apt-daily*,dpkg-db-backup*}',
  'usr/bin/{apt*,dpkg*}',
  'usr/lib/{apt,dpkg}',
  'usr/lib/systemd/system/{apt-daily*,dpkg-db-backup*}',
  'var/cache/{apt,debconf}',
  'var/lib/{apt,dpkg}',
];

export const rpmHost: HostFormat = {
  rootPackages: ['dnf', 'dnf-plugins-core', 'rpm'],
  basePackages: BASE_PACKAGES,
  dailyTimers: ['dnf-automatic', 'dnf-makecache'],

  async finishRoot(root) {
    // Debian's rpm keeps its database in the home of who calls it.
    await writeInRoot(root, '/usr/lib/rpm/macros.d/macros.lab', '%_dbpath /var/lib/rpm\n');
    await runInRoot(root, ['rpm', '--initdb']);
    // A package of its own elsewhere; Debian's is on from the start and lacks a program that it calls.
    await writeInRoot(root, '/etc/dnf/plugins/local.conf', '[main]\nenabled = 0\n');
    const directory = await createLabDirectory();
    try {
      const built = await buildRpms(BASE_PACKAGES, directory);
      await installPackages(
        root,
        built.map(({ file }) => file),
      );
    } finally {
      await removeLabDirectory(directory);
    }
    for await (const path of glob(OF_DEBIAN, { cwd: root })) {
      await rm(join(root, path), { recursive: true });
    }
  },

  async writeSources(root, _mirrors, _archives, repositories) {
    for (const { files, keyFile } of repositories) {
      for (const [path, text] of Object.entries(files)) await writeInRoot(root, path, text);
      // As after the first installation from a repository, when its key has been accepted.
      await runInRoot(root, ['rpmkeys', '--import', keyFile]);
    }
  },

  installPackages,
};

/** Scriptlets find no running systemd and start nothing while the host is off. */
async function installPackages(root: string, packages: readonly string[]): Promise<void> {
  const staging = join(root, 'var/cache/lab-packages');
  await mkdir(staging);
  try {
    for (const path of packages) await copyFile(path, join(staging, basename(path)));
    const inside = packages.map((path) => `/var/cache/lab-packages/${basename(path)}`);
    await runInRoot(root, ['rpm', '--upgrade', '--', ...inside]);
  } finally {
    await rm(staging, { recursive: true });
  }
}
