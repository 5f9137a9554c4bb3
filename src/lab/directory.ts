import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { readFileSync, type Stats } from 'node:fs';
import { join, resolve } from 'node:path';
import { groupNames, removeCgroup } from './cgroup.ts';
import { processStartTicks } from './processes.ts';

/**
 * Everything that the lab makes lies in directories that are named after the process that made
 * them. So a later run finds what a killed one left behind without any list that could be wrong.
 */

const NAME = /^patchcycle-lab-(\d+)-(\d+)-\d+$/;
/** One process makes a few dozen; more means that something runs away. */
const DIRECTORIES_MAX = 10_000;

let counter = 0;

/** `$TMPDIR`, else /var/tmp: /tmp is often memory, and a host has 300 MB. */
function baseDirectory(): string {
  return resolve(process.env['TMPDIR'] ?? '/var/tmp');
}

/** A new directory, 0700, whose last part is unique on this machine and good as a host name. */
export async function createLabDirectory(): Promise<string> {
  const owner = `patchcycle-lab-${process.pid}-${processStartTicks(process.pid) ?? '0'}`;
  for (; counter < DIRECTORIES_MAX;) {
    const path = join(baseDirectory(), `${owner}-${++counter}`);
    try {
      await mkdir(path, { mode: 0o700 });
      return path;
    } catch (error) {
      // Another copy of this module in the same process, or somebody else: take the next number.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error(
    `this process has made ${DIRECTORIES_MAX} lab directories; it should remove them`,
  );
}

/** Removes the directory and all that is in it; harmless when it is gone. Throws while something is mounted below it. */
export async function removeLabDirectory(path: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const below = mounts
    .map((line) => line.split(' ')[1] ?? '')
    .find((mount) => mount.startsWith(`${path}/`));
  if (below !== undefined)
    throw new Error(`${below} is still mounted; the lab host there is not removed`);
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Ends and removes what runs left behind whose process is gone; answers the names of what was removed. */
export async function sweepLeftovers(): Promise<string[]> {
  const base = baseDirectory();
  // A control group stays when a run had another $TMPDIR or its directory was removed by hand.
  const names = new Set([...(await readdir(base)), ...(await groupNames())]);
  const removed: string[] = [];
  for (const name of names) {
    if (!isOwnerGone(name) || !(await isOurs(join(base, name)))) continue;
    await clearTraces(name, join(base, name));
    removed.push(name);
  }
  return removed;
}

function isOwnerGone(name: string): boolean {
  const [, pid, startTicks] = NAME.exec(name) ?? [];
  return pid !== undefined && processStartTicks(Number(pid)) !== startTicks;
}

/** Anybody may make a directory of such a name in /var/tmp: only root's own, or none, is ours. */
async function isOurs(path: string): Promise<boolean> {
  const stats = await lstatOrNull(path);
  return stats === null || (stats.isDirectory() && stats.uid === 0);
}

/** Removes every trace of the lab host whose directory this is; all of its processes are ended. */
export async function clearTraces(name: string, path: string): Promise<void> {
  await removeCgroup(name);
  // systemd-nspawn leaves these behind when it is killed itself.
  await rm(join('/run/systemd/nspawn/propagate', name), { recursive: true, force: true });
  await rm(join('/run/systemd/nspawn/unix-export', name), { recursive: true, force: true });
  await removeInodeLock(join(path, 'root'));
  await removeLabDirectory(path);
}

async function removeInodeLock(root: string): Promise<void> {
  const stats = await lstatOrNull(root);
  if (stats === null) return;
  await rm(`/run/systemd/nspawn/locks/inode-${stats.dev}:${stats.ino}`, { force: true });
}

async function lstatOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
