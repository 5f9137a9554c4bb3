import { COMMON_PATHS, COMMON_TREES } from '../shared/generated-files.ts';

/** Directories that are covered whole, besides those of every family. */
export const STATE_TREES: readonly string[] = [
  ...COMMON_TREES,
  '/var/lib/dpkg',
  // Which units were switched on, by packages' scripts.
  '/var/lib/systemd/deb-systemd-helper-enabled',
  '/var/lib/systemd/deb-systemd-helper-masked',
  '/var/lib/systemd/deb-systemd-user-helper-enabled',
  '/var/lib/systemd/deb-systemd-user-helper-masked',
  '/var/lib/ucf',
  '/var/lib/pam',
  '/var/lib/initramfs-tools',
  // Answers to packages' questions; a script that runs again asks them here.
  '/var/cache/debconf',
];

/** Single files, besides those of every family. */
export const STATE_PATHS: readonly string[] = [
  ...COMMON_PATHS,
  // Which packages were installed for others' sake.
  '/var/lib/apt/extended_states',
  // Where kernels' scripts keep links to the newest two.
  '/vmlinuz',
  '/vmlinuz.old',
  '/initrd.img',
  '/initrd.img.old',
  '/var/lib/shells.state',
];
