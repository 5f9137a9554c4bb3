import type { BlackoutSpan } from '../domain/blackout.ts';
import type { NamedPolicy } from '../domain/policy.ts';
import { malformed } from './malformed-window.ts';
import { openings, type Opening } from './openings.ts';
import { parseRecurrence } from './recurrence.ts';

export type { Opening } from './openings.ts';

/** When disruption is allowed: while the window is open, or always without one, and in no blackout. */
export type Times = Pick<NamedPolicy, 'window' | 'blackouts'>;

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
 * Null when there is none any more (within ten years). Openings that touch or overlap
 * are one: a daily window of 24 hours never closes. A blackout cuts what it overlaps. `opensAtMs`
 * lies in the past when it is open now, and `closesAtMs` of one that hardly ever closes lies 45
 * days ahead at least.
 *
 * Daylight saving and the end of a rule: see {@link openings}. A window that `checkWindow` finds
 * malformed never opens: workflows call this, and must not throw over what somebody typed.
 */
export function nextOpening(times: Times, nowMs: number, neededMs: number): Opening | null {
  return nextOpenings(times, nowMs, neededMs, 1)[0] ?? null;
}

/** So many openings, the one that {@link nextOpening} answers first; fewer where there are no more within ten years. */
export function nextOpenings(
  times: Times,
  nowMs: number,
  neededMs: number,
  count: number,
): Opening[] {
  let found: Opening[] = [];
  for (const days of HORIZONS_DAYS) {
    found = allowed(times, nowMs, nowMs + days * DAY_MS).filter(
      ({ opensAtMs, closesAtMs }) => closesAtMs - Math.max(opensAtMs, nowMs) >= neededMs,
    );
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}

/** The blackouts that lie in the way from one moment to another, in their order. */
export function blackoutsBetween({ blackouts = [] }: Times, fromMs: number, toMs: number) {
  return blackouts.filter(({ from, to }) => Date.parse(from) < toMs && Date.parse(to) > fromMs);
}

function allowed({ window, blackouts = [] }: Times, fromMs: number, toMs: number): Opening[] {
  return outside(windowOpenings(window, fromMs, toMs), blackouts).filter(
    ({ closesAtMs }) => closesAtMs > fromMs,
  );
}

function windowOpenings(window: Times['window'], fromMs: number, toMs: number): Opening[] {
  if (window === undefined) return [{ opensAtMs: fromMs, closesAtMs: toMs }];
  const parsed = parseRecurrence(window.rrule);
  if (!parsed.ok || malformed(window).length > 0) return [];
  return openings(window, parsed.recurrence, fromMs, toMs);
}

function outside(found: Opening[], blackouts: readonly BlackoutSpan[]): Opening[] {
  return blackouts.reduce((left, { from, to }) => {
    const beginsMs = Date.parse(from);
    const endsMs = Date.parse(to);
    return left.flatMap((opening) => {
      const { opensAtMs, closesAtMs } = opening;
      if (endsMs <= opensAtMs || beginsMs >= closesAtMs) return [opening];
      return [
        { opensAtMs, closesAtMs: beginsMs },
        { opensAtMs: endsMs, closesAtMs },
      ].filter((part) => part.closesAtMs > part.opensAtMs);
    });
  }, found);
}
