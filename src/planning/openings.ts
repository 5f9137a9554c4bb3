import { RRuleTemporal } from 'rrule-temporal';
import { durationMs } from '../domain/duration.ts';
import type { Window } from '../domain/policy.ts';
import type { Recurrence } from './recurrence.ts';
import { instantMs } from './time-zone.ts';

export type Opening = { opensAtMs: number; closesAtMs: number };

const DAY_MS = 86_400_000;

/** No zone is further than 14 hours from UTC, and none ever skipped more than one local day. */
const ZONE_SLACK_MS = 2 * DAY_MS;

/**
 * The openings of a window that are open at some moment from `fromMs` to `toMs`, in their order;
 * those that touch or overlap are one.
 *
 * The rule names days. On each the window opens at its local start time and stays open for its
 * duration of elapsed time, whatever the clocks do in between:
 * - A start time that the clocks skip that day is read with the offset of before (RFC 5545 section
 *   3.3.5), so 02:30 in the skipped hour is 03:30: a window is never lost to daylight saving.
 * - A start time that comes twice means the first.
 * Throws a RangeError for a time zone that is not known.
 */
export function openings(
  window: Window,
  recurrence: Recurrence,
  fromMs: number,
  toMs: number,
): Opening[] {
  const lengthMs = durationMs(window.duration);
  const days = openingDays(
    window,
    recurrence,
    fromMs - lengthMs - ZONE_SLACK_MS,
    toMs + ZONE_SLACK_MS,
  );
  const found: Opening[] = [];
  for (const day of days) {
    const opensAtMs = instantMs(`${day}T${window.start}`, window.timeZone);
    if (isPastUntil(day, opensAtMs, recurrence.until)) break;
    const last = found.at(-1);
    if (last !== undefined && opensAtMs <= last.closesAtMs) {
      last.closesAtMs = Math.max(last.closesAtMs, opensAtMs + lengthMs);
    } else {
      found.push({ opensAtMs, closesAtMs: opensAtMs + lengthMs });
    }
  }
  return found.filter(({ opensAtMs, closesAtMs }) => closesAtMs > fromMs && opensAtMs <= toMs);
}

/** A rule with COUNT is walked day by day; a first day of 2000 and a search in 2250 are 91,000 days apart. */
const STEPS_MAX = 100_000;

/** The days that the rule names, as YYYY-MM-DD. Days are counted in UTC, where each has 24 hours. */
export function openingDays(
  window: Window,
  recurrence: Recurrence,
  fromMs: number,
  toMs: number,
): string[] {
  const first = window.from ?? `${new Date(fromMs).getUTCFullYear() - 2}-01-01`;
  const rule = new RRuleTemporal({
    rruleString: `DTSTART:${first.replaceAll('-', '')}T000000Z\nRRULE:${recurrence.rule}`,
    strict: true,
    maxIterations: STEPS_MAX,
  });
  return rule
    .between(new Date(fromMs), new Date(toMs), true)
    .map((day) => day.toPlainDate().toString());
}

function isPastUntil(day: string, opensAtMs: number, until: Recurrence['until']): boolean {
  if (until === null) return false;
  return until.kind === 'day' ? day > until.date : opensAtMs > until.ms;
}
