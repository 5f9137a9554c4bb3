import type { Window } from '../domain/policy.ts';
import { malformed } from './malformed-window.ts';
import { openings, type Opening } from './openings.ts';
import { parseRecurrence } from './recurrence.ts';

export type { Opening } from './openings.ts';

const DAY_MS = 86_400_000;

/**
 * How far the next opening is looked for, in days: most windows open within weeks, so that is
 * tried first. Ten years contain the longest gap that an ordinary rule has (February 29 around a
 * century that is no leap year: eight years); a rule that opens more rarely counts as never.
 */
const HORIZONS_DAYS = [45, 400, 3_653];

/**
 * The opening that is open now with at least `neededMs` left, or else the next one that is that
 * long. What is left is counted from `nowMs`: whoever has waited for an opening and asks again
 * within it may be told the next one, because some of it is gone.
 * Null when the window never opens again (within ten years). Openings that touch or overlap
 * are one: a daily window of 24 hours never closes. `opensAtMs` lies in the past when the window
 * is open now, and `closesAtMs` of a window that hardly ever closes lies 45 days ahead at least.
 *
 * Daylight saving and the end of a rule: see {@link openings}. A window that `checkWindow` finds
 * malformed never opens: workflows call this, and must not throw over what somebody typed.
 */
export function nextOpening(window: Window, nowMs: number, neededMs: number): Opening | null {
  const parsed = parseRecurrence(window.rrule);
  if (!parsed.ok || malformed(window).length > 0) return null;
  for (const days of HORIZONS_DAYS) {
    const opening = openings(window, parsed.recurrence, nowMs, nowMs + days * DAY_MS).find(
      ({ opensAtMs, closesAtMs }) => closesAtMs - Math.max(opensAtMs, nowMs) >= neededMs,
    );
    if (opening !== undefined) return opening;
  }
  return null;
}
