import { durationMs } from '../domain/duration.ts';
import type { Window } from '../domain/policy.ts';
import { didYouMean } from './did-you-mean.ts';
import { parseRecurrence } from './recurrence.ts';

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
  if (!isTimeZone(window.timeZone)) {
    const zones = Intl.supportedValuesOf('timeZone');
    problems.push(
      `"${window.timeZone}" is not a time zone${didYouMean(window.timeZone, zones) ?? '; one reads Europe/Berlin or UTC'}`,
    );
  }
  return problems;
}

/** Only names of the time zone database: a fixed offset such as +01:00 knows no daylight saving. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
