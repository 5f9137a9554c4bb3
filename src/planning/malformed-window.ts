import { durationMs } from '../domain/duration.ts';
import type { Window } from '../domain/policy.ts';
import { parseRecurrence } from './recurrence.ts';
import { timeZoneProblem } from './time-zone.ts';

/** A window longer than a month is no window; the bound also keeps every search short. */
const LENGTH_MAX_MS = 31 * 86_400_000;

/** A recurrence with COUNT is counted day by day from its first one, so that one must not lie centuries back. */
const FIRST_DAY_MIN = '2000-01-01';

/** What makes it impossible to say when a window opens, one sentence each; empty when nothing does. */
export function malformed(window: Window): string[] {
  const problems: string[] = [];
  const parsed = parseRecurrence(window.rrule);
  if (!parsed.ok) problems.push(...parsed.problems);
  else if (parsed.recurrence.needsFirstDay && window.from === undefined) {
    problems.push(
      `which days "${window.rrule}" means depends on its first day: add one, for example from: 2026-01-31`,
    );
  }
  if (window.from !== undefined && window.from < FIRST_DAY_MIN) {
    problems.push(
      `the first day is ${window.from}; days before ${FIRST_DAY_MIN} are not counted from`,
    );
  }
  const lengthMs = durationMs(window.duration);
  if (lengthMs === 0) problems.push('the duration is zero, so nothing fits into the window');
  if (lengthMs > LENGTH_MAX_MS)
    problems.push(`a window is open for 31d at most, not for ${window.duration}`);
  const zone = timeZoneProblem(window.timeZone);
  if (zone !== null) problems.push(zone);
  return problems;
}
