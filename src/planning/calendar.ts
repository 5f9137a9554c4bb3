import ical, { type DateWithTimeZone, type EventInstance, type VEvent } from 'node-ical';
import { lossIn } from './calendar-losses.ts';
import { FLOATING, markFloating } from './floating-times.ts';
import { isTimeZone } from './time-zone.ts';

/**
 * One event. `from` and `to` (excluded) are local days (`2026-12-24`), local times without an
 * offset, or instants in UTC, as the calendar says it.
 */
export type CalendarEvent = { from: string; to: string; why: string };

export type ReadCalendar = { ok: true; events: CalendarEvent[] } | { ok: false; message: string };

const DAY_MS = 86_400_000;

/** Holidays are published for some years; a schedule that was applied so long ago needs a look anyway. */
const READ_AHEAD_MONTHS = 36;

/** How far beyond that is looked for an event that still repeats. */
const BEYOND_MS = 8 * 366 * DAY_MS;

/** An event that has begun may still last; longer ones are written as blackouts of their own. */
const READ_BACK_MONTHS = 1;

/** A calendar with more is none of holidays, and expanding what repeats takes milliseconds each. */
const EVENTS_MAX = 5_000;
const REPEATING_MAX = 500;

const FOREVER = '9999-12-31T00:00:00Z';

/**
 * The events of an iCalendar file (RFC 5545) from the month before `nowMs` on, for three years: nobody can say what
 * a calendar will have later. One that repeats beyond that closes everything from there on, so that
 * a schedule which nobody looked after for years patches on no holiday.
 * Exceptions, moved and cancelled occurrences are heeded; a file of which anything would be lost is
 * refused. Every event counts, also one that is
 * marked as "free": published holidays are.
 */
export function readCalendar(text: string, nowMs: number): ReadCalendar {
  if (!/^\uFEFF?BEGIN:VCALENDAR\r?\n.*END:VCALENDAR\s*$/is.test(text)) {
    return wrong(
      'it is no iCalendar file: it does not reach from BEGIN:VCALENDAR to END:VCALENDAR',
    );
  }
  const unfolded = text.replace(/\r?\n[ \t]/g, '');
  const loss = lossIn(unfolded);
  if (loss !== null) return wrong(loss);
  // Whole months, so that whoever reads it again in the same month reads the same.
  const fromMs = firstOfMonth(nowMs, -READ_BACK_MONTHS);
  const untilMs = firstOfMonth(nowMs, READ_AHEAD_MONTHS);
  try {
    const found = Object.values(ical.sync.parseICS(markFloating(unfolded))).filter(isEvent);
    const problem = tooMany(text, found) ?? firstProblem(found);
    if (problem !== null) return wrong(problem);
    const events = found.flatMap((event) => occurrences(event, fromMs, untilMs));
    if (found.some((event) => occurrences(event, untilMs, untilMs + BEYOND_MS).length > 0)) {
      events.push(unreadFrom(untilMs));
    }
    return { ok: true, events: events.sort((one, other) => (one.from < other.from ? -1 : 1)) };
  } catch (error) {
    // The library throws plain Errors on values that it cannot read.
    return wrong(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function firstOfMonth(ms: number, monthsLater: number): number {
  const date = new Date(ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + monthsLater, 1);
}

function wrong(message: string): ReadCalendar {
  return { ok: false, message };
}

function unreadFrom(ms: number): CalendarEvent {
  const day = new Date(ms).toISOString().slice(0, 10);
  const why = `the calendar was read only until ${day}; read it again`;
  return { from: `${day}T00:00:00Z`, to: FOREVER, why };
}

function isEvent(component: { type?: string } | undefined): component is VEvent {
  return component?.type === 'VEVENT';
}

/** The library keeps one event a UID; one that is lost would be a blackout that is lost. */
function tooMany(text: string, found: readonly VEvent[]): string | null {
  const written = text.match(/^BEGIN:VEVENT\s*$/gim)?.length ?? 0;
  const read = found.reduce(
    (sum, { recurrences }) => sum + 1 + new Set(Object.values(recurrences ?? {})).size,
    0,
  );
  if (written > EVENTS_MAX) return `it has ${written} events, and ${EVENTS_MAX} are allowed`;
  if (read < written) {
    return `of its ${written} events only ${read} can be told apart; each needs a UID of its own`;
  }
  const repeating = found.filter(({ rrule }) => rrule !== undefined).length;
  return repeating > REPEATING_MAX
    ? `${repeating} of its events repeat, and ${REPEATING_MAX} may`
    : null;
}

function firstProblem(found: readonly VEvent[]): string | null {
  for (const event of found) {
    const moved = Object.values(event.recurrences ?? {}) as VEvent[];
    for (const one of [event, ...moved]) {
      const problem = problemOf(one);
      if (problem !== null) return problem;
    }
  }
  return null;
}

function problemOf(event: VEvent): string | null {
  const name = JSON.stringify(titleOf(event.summary).slice(0, 60));
  // What the library cannot read it leaves out or as text, whatever its types say.
  if (!isMoment(event.start)) return `the event ${name} has no start that can be read`;
  if (event.end !== undefined && !isMoment(event.end)) {
    return `the event ${name} has no end that can be read`;
  }
  const { tz } = event.start;
  return tz !== undefined && !isTimeZone(tz)
    ? `the event ${name} is in the time zone "${tz}", which is told nowhere`
    : null;
}

function isMoment(value: unknown): boolean {
  return value instanceof Date && !Number.isNaN(value.getTime());
}

function occurrences(event: VEvent, fromMs: number, toMs: number): CalendarEvent[] {
  const range = { from: new Date(fromMs), to: new Date(toMs), expandOngoing: true };
  return ical
    .expandRecurringEvent(event, range)
    .filter(({ event: { status } }) => status !== 'CANCELLED')
    .map(eventOf)
    .filter(({ from, to }) => from < to);
}

function eventOf({ start, end, summary }: EventInstance): CalendarEvent {
  return { from: textOf(start), to: textOf(end), why: titleOf(summary).slice(0, 200) };
}

function textOf(date: DateWithTimeZone): string {
  if (date.dateOnly === true) return dayOf(date);
  const instant = date.toISOString();
  return date.tz === FLOATING ? instant.slice(0, 19) : instant;
}

/** The library gives whole days as this process's own, which leaves their digits. */
function dayOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function titleOf(summary: EventInstance['summary'] | undefined): string {
  const text = typeof summary === 'string' ? summary : (summary?.val ?? '');
  return text.replace(/\p{Cc}+/gu, ' ').trim() || 'an event without a name';
}
