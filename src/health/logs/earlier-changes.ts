import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CycleId } from '../../domain/names.ts';
import { orIfMissing } from '../../host/errno.ts';
import { cycleDirectory, type HostPaths } from '../../host/paths.ts';

export type Span = { fromMs: number; toMs: number };

/** Cycles beyond these, the newest by name, lie further back than logs are looked at. */
const CYCLES_MAX = 50;

/** A cycle that left no report took at most this long from its baseline until somebody mended the host. */
const WITHOUT_REPORT_MS = 24 * 3_600_000;

const BaselineTime = z.object({ snapshot: z.object({ takenAt: z.iso.datetime() }) });
const ReportEnd = z.object({ outcome: z.string(), endedAt: z.iso.datetime() });

/**
 * When earlier cycles of this host had it changed and did not end well. What was logged then says
 * nothing about how the host is in ordinary times: the errors of a bad update must not count as
 * known when the same update is tried again.
 */
export async function failedChanges(paths: HostPaths, cycle: CycleId): Promise<Span[]> {
  const directory = dirname(cycleDirectory(paths, cycle));
  const names = await orIfMissing(readdir(directory), []);
  const earlier = names.filter((name) => name < cycle).toSorted();
  const spans = await Promise.all(
    earlier.slice(-CYCLES_MAX).map((name) => spanOf(join(directory, name))),
  );
  return spans.filter((span) => span !== null);
}

async function spanOf(directory: string): Promise<Span | null> {
  const baseline = BaselineTime.safeParse(await readEntry(join(directory, 'baseline.json')));
  if (!baseline.success) return null;
  const fromMs = Date.parse(baseline.data.snapshot.takenAt);
  const report = ReportEnd.safeParse(await readEntry(join(directory, 'report.json')));
  if (!report.success) return { fromMs, toMs: fromMs + WITHOUT_REPORT_MS };
  const { outcome, endedAt } = report.data;
  // "accepted-as-is" went on living with what it logged, so that is ordinary now.
  return ['patched', 'accepted-as-is'].includes(outcome)
    ? null
    : { fromMs, toMs: Date.parse(endedAt) };
}

async function readEntry(path: string): Promise<unknown> {
  const text = await orIfMissing(readFile(path, 'utf8'), null);
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
