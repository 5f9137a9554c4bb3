import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CycleId } from '../domain/names.ts';
import { orIfMissing } from './errno.ts';
import { backupDirectory, cycleDirectory, type HostPaths } from './paths.ts';

/**
 * Journals and reports of so many cycles stay on a host; weekly patching fills that in two years.
 * One takes a few megabytes at most, made plans included.
 */
const PAST_CYCLES_KEPT = 100;

/**
 * Deletes what the oldest cycles of this host have left, beyond the newest `keep`. One that still
 * has a backup is never touched: retention decides about those. Answers the names of what is gone.
 */
export async function forgetPastCycles(
  paths: HostPaths,
  current: CycleId,
  keep: number = PAST_CYCLES_KEPT,
): Promise<CycleId[]> {
  const directory = join(paths.stateDirectory, 'cycles');
  const entries = await orIfMissing(readdir(directory, { withFileTypes: true }), []);
  // Their names begin with their time.
  const newestFirst = entries
    .filter((entry) => entry.isDirectory() && CycleId.safeParse(entry.name).success)
    .map(({ name }) => name)
    .toSorted()
    .reverse();
  const forgotten: CycleId[] = [];
  for (const cycle of newestFirst.slice(keep)) {
    const backup = await orIfMissing(stat(backupDirectory(paths, cycle)), null);
    if (backup !== null || cycle === current) continue;
    await rm(cycleDirectory(paths, cycle), { recursive: true });
    forgotten.push(cycle);
  }
  return forgotten;
}
