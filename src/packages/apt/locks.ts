/** Locks that stand for "packages are being changed": apt's around a whole run, dpkg's around its database. */
export const DPKG_LOCKS: readonly string[] = ['/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock'];

/** The lock of the package lists, for which apt itself never waits. */
export const LISTS_LOCKS: readonly string[] = ['/var/lib/apt/lists/lock'];
