import type { CycleId } from './names.ts';

/** The cycle of this run: when it began, and the run's digits. */
export function cycleIdOf(startTime: Date, runId: string): CycleId {
  const time = startTime.toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase();
  return `${time}z-${digitsOf(runId)}`;
}

/**
 * What tells one run from all others: the end of its identity, which is chosen by chance. Its
 * beginning is a time, and the same for all runs of a minute.
 */
export function digitsOf(runId: string): string {
  return runId.replaceAll('-', '').slice(-8);
}
