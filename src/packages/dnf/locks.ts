import { readFile } from 'node:fs/promises';
import { orIfMissing } from '../../host/errno.ts';
import { readProcess } from '../../host/process-table.ts';
import { findLockHolder, type LockHolder } from '../shared/locks.ts';

/** rpm's lock around its database, in both places that distributions have it, and dnf 5's around a transaction. */
const TRANSACTION_LOCKS = [
  '/var/lib/rpm/.rpm.lock',
  '/usr/lib/sysimage/rpm/.rpm.lock',
  '/run/dnf/rpmtransaction.lock',
];

/** dnf 4 locks by files that hold its process's number. */
const TRANSACTION_PID_FILES = ['/var/lib/dnf/rpmdb_lock.pid'];
const METADATA_PID_FILES = ['/var/cache/dnf/metadata_lock.pid', '/var/cache/dnf/download_lock.pid'];

/** Who holds a lock that stands for "packages are being changed". */
export async function findRpmLockHolder(): Promise<LockHolder | null> {
  return (await findLockHolder(TRANSACTION_LOCKS)) ?? (await findByPidFile(TRANSACTION_PID_FILES));
}

/** Who holds the lock of dnf 4's metadata, for which it would wait without end. */
export function findMetadataLockHolder(): Promise<LockHolder | null> {
  return findByPidFile(METADATA_PID_FILES);
}

/**
 * The process whose number is in one of these files, while it lives. Whatever program it is: dnf
 * asks no more than that either. A file of a dead process is no lock, and dnf takes it over.
 */
async function findByPidFile(paths: readonly string[]): Promise<LockHolder | null> {
  for (const path of paths) {
    const text = await orIfMissing(readFile(path, 'utf8'), '');
    const pid = /^\d+/.exec(text.trim())?.[0];
    const holder = pid === undefined ? null : await readProcess(Number(pid));
    if (holder !== null) return { path, pid: holder.pid, program: holder.name };
  }
  return null;
}
