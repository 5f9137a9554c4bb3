import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CycleId } from '../domain/names.ts';
import { orIfMissing } from './errno.ts';
import { lockHolder } from './lock.ts';
import { archivesOf, backupDirectory, cycleDirectory, type HostPaths } from './paths.ts';
import { removeSeized } from './remove-tree.ts';

/**
 * Journals and reports of so many cycles stay on a host; weekly patching fills that in two years.
 * One takes a few megabytes at most, made plans included.
 */
const PAST_CYCLES_KEPT = 100;

/**
 * Deletes what the oldest cycles of this host have left, beyond the newest `keep`. One that still
 * has a backup is never touched: retention decides about those. Downloads that no cycle needs any
 * more are deleted too. Answers the names of the cycles that are gone.
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
  await removeUnneededArchives(paths, current, Date.now());
  return forgotten;
}

/** A plan is acted on by a cycle of its own; what a plan alone has downloaded is for its changelogs. */
const PLANS_ARCHIVES_KEPT_MS = 7 * 86_400_000;

/**
 * Deletes the downloads of other cycles that have ended: what a cycle left whose agent was away at
 * its end, or that only made a plan. The one that has the lock needs its own.
 */
async function removeUnneededArchives(
  paths: HostPaths,
  current: CycleId,
  nowMs: number,
): Promise<void> {
  const entries = await orIfMissing(readdir(paths.archiveDirectory, { withFileTypes: true }), []);
  const holder = (await lockHolder(paths))?.cycle;
  for (const entry of entries) {
    if (!entry.isDirectory() || !CycleId.safeParse(entry.name).success) continue;
    if (entry.name === current || entry.name === holder) continue;
    if (await needsArchives(paths, entry.name, nowMs)) continue;
    // The package tools' download user may have been at work in it.
    await orIfMissing(removeSeized(archivesOf(paths, entry.name)), undefined);
  }
}

async function needsArchives(paths: HostPaths, cycle: CycleId, nowMs: number): Promise<boolean> {
  const directory = cycleDirectory(paths, cycle);
  const names = await orIfMissing(readdir(directory), null);
  if (names === null || names.includes('report.json')) return false;
  if (names.includes('drain.json') || names.includes('baseline.json')) return true;
  return nowMs - (await stat(directory)).mtimeMs < PLANS_ARCHIVES_KEPT_MS;
}
