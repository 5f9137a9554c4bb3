import type { ScheduleRule } from '../domain/schedule.ts';
import { parseRecurrence } from './recurrence.ts';

/** Times at which a Schedule of Temporal starts: all that is said must hold; what is left out always does. */
export type ScheduleTimes = {
  hour: number;
  minute: number;
  /** 0 is Sunday. */
  daysOfWeek?: number[];
  daysOfMonth?: number[];
  /** 1 is January. */
  months?: number[];
};

export type ParsedTimes = { ok: true; times: ScheduleTimes[] } | { ok: false; problems: string[] };

/** Parts of RFC 5545 that say nothing which Temporal's Schedules could follow. */
const IMPOSSIBLE = ['COUNT', 'UNTIL', 'BYSETPOS', 'BYWEEKNO', 'BYYEARDAY'];

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/**
 * The days of a recurrence in the form that Temporal's Schedules have, which are no recurrences:
 * they match days of the week, days of the month and months. `2TU` is the Tuesday from the 8th to
 * the 14th. What they cannot match is refused, each with a way out.
 */
export function scheduleTimes({
  rrule,
  start,
}: Pick<ScheduleRule, 'rrule' | 'start'>): ParsedTimes {
  const parsed = parseRecurrence(rrule);
  if (!parsed.ok) return parsed;
  const parts = new Map(rrule.split(';').map((part) => part.split('=') as [string, string]));
  const problems = impossible(parts, parsed.recurrence.needsFirstDay);
  if (problems.length > 0) return { ok: false, problems };
  const [hour = 0, minute = 0] = start.split(':').map(Number);
  const months = numbersOf(parts.get('BYMONTH'));
  const daysOfMonth = numbersOf(parts.get('BYMONTHDAY'));
  const times = weekdays(parts.get('BYDAY'))
    .map(({ days, weeks }) => ({ days, daysOfMonth: both(daysOfMonth, weeks) }))
    .filter(({ daysOfMonth: days }) => isSomeDay(days, months))
    .map((one) => ({
      hour,
      minute,
      ...unlessAll(one.days, 7, (daysOfWeek) => ({ daysOfWeek })),
      ...unlessAll(one.daysOfMonth, 31, (daysOfMonth) => ({ daysOfMonth })),
      ...unlessAll(months, 12, (all) => ({ months: all })),
    }));
  return times.length > 0 ? { ok: true, times } : { ok: false, problems: ['it names no day'] };
}

function impossible(parts: ReadonlyMap<string, string>, needsFirstDay: boolean): string[] {
  const instead = 'schedule more days, because a cycle waits for its window';
  const problems = IMPOSSIBLE.filter((name) => parts.has(name)).map(
    (name) => `a Schedule of Temporal cannot follow ${name}; ${instead}`,
  );
  if (Number(parts.get('INTERVAL') ?? 1) > 1) {
    problems.push(
      `a Schedule of Temporal cannot leave out every other time (INTERVAL); ${instead}`,
    );
  } else if (needsFirstDay && problems.length === 0) {
    problems.push('the rule does not say on which days; name them with BYDAY or BYMONTHDAY');
  }
  if (/-/.test(`${parts.get('BYDAY') ?? ''}${parts.get('BYMONTHDAY') ?? ''}`)) {
    problems.push(`a Schedule of Temporal cannot count from the end of a month; ${instead}`);
  }
  const isNumbered = /\d/.test(parts.get('BYDAY') ?? '');
  if (isNumbered && parts.get('FREQ') === 'YEARLY' && !parts.has('BYMONTH')) {
    problems.push('a numbered day of the year such as 20MO cannot be followed; name its month');
  }
  return problems;
}

/** Plain days of the week together, and each numbered one with the days of the month on which it can fall. */
function weekdays(byDay: string | undefined): { days: number[] | null; weeks: number[] | null }[] {
  if (byDay === undefined) return [{ days: null, weeks: null }];
  const plain: number[] = [];
  const numbered = [];
  for (const item of byDay.split(',')) {
    const day = WEEKDAYS.indexOf(item.slice(-2));
    const week = Number(item.slice(0, -2));
    if (item.length === 2) plain.push(day);
    else numbered.push({ days: [day], weeks: range(7 * week - 6, Math.min(7 * week, 31)) });
  }
  if (plain.length === 0) return numbered;
  return [{ days: sorted(plain), weeks: null }, ...numbered];
}

function numbersOf(list: string | undefined): number[] | null {
  return list === undefined ? null : sorted(list.split(',').map(Number));
}

/** All days are as good as none, and Temporal tells them apart no more. */
function unlessAll<T extends object>(
  numbers: number[] | null,
  count: number,
  said: (numbers: number[]) => T,
): T | null {
  return numbers === null || numbers.length === count ? null : said(numbers);
}

const MONTH_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** February 30 never comes, and a Schedule of Temporal would wait for it without a word. */
function isSomeDay(daysOfMonth: number[] | null, months: number[] | null): boolean {
  const longest = Math.max(...(months ?? [1]).map((month) => MONTH_LENGTHS[month - 1] ?? 0));
  return daysOfMonth === null || daysOfMonth.some((day) => day <= longest);
}

function both(one: number[] | null, other: number[] | null): number[] | null {
  if (one === null || other === null) return one ?? other;
  return one.filter((day) => other.includes(day));
}

function sorted(numbers: number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
