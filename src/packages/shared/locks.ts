import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../../domain/failure.ts';
import { errnoOf, orIfMissing } from '../../host/errno.ts';
import { readProcess } from '../../host/process-table.ts';
import { remedyFor } from './remedies.ts';

const POLL_MS = 1_000;

export type LockHolder = { path: string; pid: number; program: string };

/** Finds who holds one of a family's locks. */
export type FindLockHolder = () => Promise<LockHolder | null>;

/**
 * Waits until nobody holds a lock. Fails with `PackageLockHeld`, naming the holder, when somebody
 * still does after `waitMs`. Nobody is ended and no file is deleted: a lock goes with its holder.
 */
export async function waitForLocks(
  findHolder: FindLockHolder,
  waitMs: number,
  progress: (text: string) => void,
): Promise<void> {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const holder = await findHolder();
    if (holder === null) return;
    if (performance.now() >= giveUpAt) throw lockHeld(holder, waitMs);
    progress(`waiting for ${describeHolder(holder)}`);
    await sleep(Math.min(POLL_MS, Math.max(0, giveUpAt - performance.now())));
  }
}

/** Who holds one of these locks of the kernel, or null. A holder in another container is known by no pid here: it has the pid 0. */
export async function findLockHolder(
  paths: readonly string[],
  readLocks: () => Promise<string> = () => readFile('/proc/locks', 'utf8'),
): Promise<LockHolder | null> {
  const locks = parseLocks(await readLocks());
  for (const path of paths) {
    const entry = await orIfMissing(stat(path, { bigint: true }), null);
    if (entry === null) continue;
    const file = `${deviceOf(entry.dev)}:${entry.ino}`;
    const pid =
      locks.find((lock) => lock.file === file)?.pid ?? (await findByFiles(locks, path, entry));
    if (pid === undefined) continue;
    const program = (await readProcess(pid))?.name ?? 'a process of another container';
    return { path, pid, program };
  }
  return null;
}

type FileIdentity = { dev: bigint; ino: bigint };

/**
 * On btrfs and overlayfs a file's device is another one than that of its file system, which is what
 * /proc/locks has. So those who hold any lock are asked whether it is by this file.
 */
async function findByFiles(
  locks: readonly { pid: number }[],
  path: string,
  identity: FileIdentity,
): Promise<number | undefined> {
  for (const pid of new Set(locks.map((lock) => lock.pid))) {
    if (pid > 0 && (await holdsByFile(pid, path, identity))) return pid;
  }
  return undefined;
}

async function holdsByFile(pid: number, path: string, identity: FileIdentity): Promise<boolean> {
  for (const number of await orIfUnreadable(readdir(`/proc/${pid}/fd`), [])) {
    const link = `/proc/${pid}/fd/${number}`;
    // Its name first: a look at a file of a dead network file system would not come back.
    if (basename(await orIfUnreadable(readlink(link), '')) !== basename(path)) continue;
    const open = await orIfUnreadable(stat(link, { bigint: true }), null);
    if (open?.dev !== identity.dev || open.ino !== identity.ino) continue;
    // See proc_pid_fdinfo(5): `lock:` and then a line as in /proc/locks, for locks through this file.
    const info = await orIfUnreadable(readFile(`/proc/${pid}/fdinfo/${number}`, 'utf8'), '');
    if (/^lock:\t.* WRITE /m.test(info)) return true;
  }
  return false;
}

/** For processes that end while they are looked at, and for those that may not be looked at. */
async function orIfUnreadable<T, F>(work: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) return fallback;
    throw error;
  }
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
