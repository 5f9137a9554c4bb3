import { COMMON_TREES } from '../shared/generated-files.ts';

/** Directories that are covered whole, besides those of every family and rpm's database. */
export const STATE_TREES: readonly string[] = [
  ...COMMON_TREES,
  // What dnf 4 knows of transactions, of packages that came for others' sake, and of modules.
  '/var/lib/dnf',
  // The same of dnf 5.
  '/usr/lib/sysimage/libdnf5',
  // What scriptlets remember for the end of a transaction.
  '/var/lib/rpm-state',
  '/var/lib/alternatives',
  '/var/lib/authselect',
  // The modules of SELinux's policy, which its packages compile.
  '/var/lib/selinux',
];
