import { findLockHolder, type LockHolder } from '../shared/locks.ts';

/** Who holds a lock that stands for "packages are being changed": apt's around a whole run, dpkg's around its database. */
export function findDpkgLockHolder(): Promise<LockHolder | null> {
  return findLockHolder(['/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock']);
}

/** Who holds the lock of the package lists, for which apt itself never waits. */
export function findListsLockHolder(): Promise<LockHolder | null> {
  return findLockHolder(['/var/lib/apt/lists/lock']);
}
