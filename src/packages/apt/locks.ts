import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../../domain/failure.ts';
import { orIfMissing } from '../../host/errno.ts';
import { readProcess } from '../../host/process-table.ts';
import { remedyFor } from './remedies.ts';

/** Locks that stand for "packages are being changed": apt's around a whole run, dpkg's around its database. */
export const DPKG_LOCKS: readonly string[] = ['/var/lib/dpkg/lock-frontend', '/var/lib/dpkg/lock'];

/** The lock of the package lists, for which apt itself never waits. */
export const LISTS_LOCKS: readonly string[] = ['/var/lib/apt/lists/lock'];

const POLL_MS = 1_000;

export type LockHolder = { path: string; pid: number; program: string };

/**
 * Waits until nobody holds one of these locks. Fails with `PackageLockHeld`, naming the holder,
 * when somebody still does after `waitMs`. Nobody is ended and no file is deleted: the lock is the
 * kernel's and goes with its holder.
 */
export async function waitForLocks(
  paths: readonly string[],
  waitMs: number,
  progress: (text: string) => void,
): Promise<void> {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const holder = await findLockHolder(paths);
    if (holder === null) return;
    if (performance.now() >= giveUpAt) throw lockHeld(holder, waitMs);
    progress(`waiting for ${describeHolder(holder)}`);
    await sleep(Math.min(POLL_MS, Math.max(0, giveUpAt - performance.now())));
  }
}

/** Who holds one of these locks, or null. A holder in another container is known by no pid here: it has the pid 0. */
export async function findLockHolder(paths: readonly string[]): Promise<LockHolder | null> {
  const locks = parseLocks(await readFile('/proc/locks', 'utf8'));
  for (const path of paths) {
    const entry = await orIfMissing(stat(path, { bigint: true }), null);
    if (entry === null) continue;
    const file = `${deviceOf(entry.dev)}:${entry.ino}`;
    const held = locks.find((lock) => lock.file === file);
    if (held === undefined) continue;
    const program = (await readProcess(held.pid))?.name ?? 'a process of another container';
    return { path, pid: held.pid, program };
  }
  return null;
}

/**
 * Reads /proc/locks, see proc_locks(5): `1: POSIX  ADVISORY  WRITE 812 fe:00:1234 0 EOF`. Lines with
 * an arrow are those who wait. The file is `MAJOR:MINOR:INODE`, the device in hexadecimal digits.
 */
export function parseLocks(text: string): { pid: number; file: string }[] {
  const locks: { pid: number; file: string }[] = [];
  for (const line of text.split('\n')) {
    const [, pid, file] =
      /^\d+: (?:POSIX|OFDLCK|FLOCK) +\S+ +WRITE +(-?\d+) +([0-9a-f]+:[0-9a-f]+:\d+) /.exec(line) ??
      [];
    if (pid !== undefined && file !== undefined) locks.push({ pid: Number(pid), file });
  }
  return locks;
}

/** Splits a device number as the kernel's new_encode_dev joins it, and writes it as /proc/locks does. */
export function deviceOf(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return `${hex(major)}:${hex(minor)}`;
}

function hex(part: bigint): string {
  return part.toString(16).padStart(2, '0');
}

function describeHolder({ path, pid, program }: LockHolder): string {
  return pid > 0
    ? `${program} (pid ${pid}), which holds ${path}`
    : `${program}, which holds ${path}`;
}

function lockHeld(holder: LockHolder, waitMs: number): StepFailure {
  const seconds = Math.round(waitMs / 1000);
  return new StepFailure('PackageLockHeld', `waited ${seconds} s for ${describeHolder(holder)}`, {
    remedy: remedyFor('PackageLockHeld'),
  });
}
