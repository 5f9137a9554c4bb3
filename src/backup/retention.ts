import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../domain/failure.ts';
import { CycleId } from '../domain/names.ts';
import { orIfMissing } from '../host/errno.ts';
import { lockHolder } from '../host/lock.ts';
import { archivesOf, backupDirectory, cycleDirectory, type HostPaths } from '../host/paths.ts';
import { readRecord } from './record.ts';

/** What retention left and took: cycles whose backup is kept, and those whose backup is gone now. */
export type Retained = { kept: CycleId[]; removed: CycleId[] };

/**
 * Keeps the backups of the `keep` newest cycles, this one counted in, and deletes those of older
 * cycles together with what every ended cycle downloaded. Journals and reports stay.
 *
 * Never touched: the cycle itself, the one that holds the host's lock, and any that has left no
 * report, because it may be waiting for a person who restores it. Only real directories that are
 * named as cycles are looked at.
 */
export async function retainBackups(
  paths: HostPaths,
  current: CycleId,
  keep: number,
): Promise<Retained> {
  const ended = (await cyclesOf(paths)).filter((cycle) => cycle !== current);
  const holder = (await lockHolder(paths))?.cycle;
  const kept: CycleId[] = (await hasBackup(paths, current)) ? [current] : [];
  const removed: CycleId[] = [];
  let room = keep - kept.length;
  for (const cycle of ended) {
    const backedUp = await hasBackup(paths, cycle);
    if (cycle === holder || !(await hasEnded(paths, cycle))) {
      if (backedUp) kept.push(cycle);
      continue;
    }
    await removeOwn(archivesOf(paths, cycle));
    if (backedUp && room > 0) {
      room -= 1;
      kept.push(cycle);
    } else if (await removeOwn(backupDirectory(paths, cycle))) {
      removed.push(cycle);
    }
  }
  return { kept, removed };
}

/** How many backups the host has that can be restored. */
export async function countBackups(paths: HostPaths): Promise<number> {
  const backedUp = await Promise.all(
    (await cyclesOf(paths)).map((cycle) => hasBackup(paths, cycle)),
  );
  return backedUp.filter(Boolean).length;
}

/** The host's cycles, newest first: their names begin with their time. */
async function cyclesOf(paths: HostPaths): Promise<CycleId[]> {
  const directory = join(paths.stateDirectory, 'cycles');
  const entries = await orIfMissing(readdir(directory, { withFileTypes: true }), []);
  return entries
    .filter((entry) => entry.isDirectory() && CycleId.safeParse(entry.name).success)
    .map((entry) => entry.name)
    .toSorted()
    .reverse();
}

/** The report is the last thing that a cycle writes, in every ending. */
async function hasEnded(paths: HostPaths, cycle: CycleId): Promise<boolean> {
  return (
    (await orIfMissing(lstat(join(cycleDirectory(paths, cycle), 'report.json')), null)) !== null
  );
}

/** One that nobody could restore takes no place. */
async function hasBackup(paths: HostPaths, cycle: CycleId): Promise<boolean> {
  try {
    return (await readRecord(backupDirectory(paths, cycle))) !== null;
  } catch (error) {
    if (error instanceof StepFailure && error.type === 'BackupTampered') return false;
    throw error;
  }
}

/** Deletes a real directory, and answers whether there was one. */
async function removeOwn(directory: string): Promise<boolean> {
  const found = await orIfMissing(lstat(directory), null);
  if (!found?.isDirectory()) return false;
  await rm(directory, { recursive: true });
  return true;
}
