import { durationMs, formatDuration } from '../domain/duration.ts';
import type { Window } from '../domain/policy.ts';
import { malformed } from './malformed-window.ts';
import { parseRecurrence } from './recurrence.ts';
import { openingDays } from './openings.ts';
import { nextOpening, type Times } from './windows.ts';

const DAY_MS = 86_400_000;

/**
 * What a cycle does in its window before it disrupts anything: the lists are fetched and the plan
 * is made again, then the host is made ready.
 */
const MAKING_READY_MS = 5 * 60_000;

/**
 * What is wrong with a window, one sentence each; empty when it will do. `neededMs` is how much of
 * it must be left when disruption begins.
 */
export function checkWindow(window: Window, neededMs: number, nowMs: number): string[] {
  const problems = malformed(window);
  const parsed = parseRecurrence(window.rrule);
  if (problems.length > 0 || !parsed.ok) return problems;

  const lengthMs = durationMs(window.duration);
  const gapMs = shortestGapMs(openingDays(window, parsed.recurrence, nowMs, nowMs + 400 * DAY_MS));
  if (gapMs !== null && lengthMs > gapMs) {
    problems.push(
      `a window of ${window.duration} is still open when the next one opens after ${formatDuration(gapMs)}; make it shorter or let it open more rarely`,
    );
  }
  if (nextOpening({ window }, nowMs, 1) === null) {
    problems.push(
      `the window never opens: "${window.rrule}" names no day within the next ten years`,
    );
  } else if (nextOpening({ window }, nowMs, neededMs + MAKING_READY_MS) === null) {
    problems.push(
      `the window is open for ${window.duration}, but a whole cycle needs ${formatDuration(neededMs)} of it (limits.wholeCycle) once it is made ready, which takes some minutes: make it ${formatDuration(neededMs + MAKING_READY_MS)} at least`,
    );
  }
  return problems;
}

/** Whether blackouts leave any opening that is long enough, for a window that is in order. */
export function blackoutsLeaveTime(times: Times, neededMs: number, nowMs: number): boolean {
  return nextOpening(times, nowMs, neededMs + MAKING_READY_MS) !== null;
}

/** In days of 24 hours, because a gap that is an hour short once a year is no mistake of the rule. */
function shortestGapMs(days: readonly string[]): number | null {
  const numbers = days.map((day) => Date.parse(`${day}T00:00:00Z`));
  const gaps = numbers.slice(1).map((day, index) => day - (numbers[index] ?? day));
  return gaps.length === 0 ? null : Math.min(...gaps);
}
