import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Window } from '../../src/domain/policy.ts';
import { openingDays } from '../../src/planning/openings.ts';
import { parseRecurrence } from '../../src/planning/recurrence.ts';
import { scheduleTimes, type ScheduleTimes } from '../../src/planning/schedule-times.ts';

function timesOf(rrule: string): ScheduleTimes[] {
  const parsed = scheduleTimes({ rrule, start: '02:30' });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.times;
}

function problemsOf(rrule: string): string[] {
  const parsed = scheduleTimes({ rrule, start: '02:30' });
  return parsed.ok ? [] : parsed.problems;
}

describe('the times of a schedule', () => {
  it.each([
    ['FREQ=DAILY', [{}]],
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU', [{}]],
    ['FREQ=DAILY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12', [{}]],
    ['FREQ=WEEKLY;BYDAY=SA,SU', [{ daysOfWeek: [0, 6] }]],
    ['FREQ=MONTHLY;BYDAY=2TU', [{ daysOfWeek: [2], daysOfMonth: [8, 9, 10, 11, 12, 13, 14] }]],
    [
      'FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=12,13,14,15,16,17,18',
      [{ daysOfWeek: [6], daysOfMonth: [12, 13, 14, 15, 16, 17, 18] }],
    ],
    ['FREQ=MONTHLY;BYDAY=5MO', [{ daysOfWeek: [1], daysOfMonth: [29, 30, 31] }]],
    ['FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15', [{ daysOfMonth: [15], months: [1, 7] }]],
  ])('of %s are these', (rrule, expected) => {
    expect(timesOf(rrule)).toEqual(expected.map((one) => ({ hour: 2, minute: 30, ...one })));
  });

  it.each([
    ['FREQ=MONTHLY;BYDAY=-1SA', /cannot count from the end of a month/],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', /cannot count from the end of a month/],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SA', /every other time \(INTERVAL\)/],
    ['FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2', /cannot follow BYSETPOS/],
    ['FREQ=DAILY;COUNT=3', /cannot follow COUNT/],
    ['FREQ=DAILY;UNTIL=20301231', /cannot follow UNTIL/],
    ['FREQ=YEARLY;BYDAY=20MO', /numbered day of the year/],
    ['FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20', /names no day/],
    ['FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31', /names no day/],
    ['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30', /names no day/],
    ['FREQ=WEEKLY', /does not say on which days/],
    ['FREQ=SOMETIMES', /FREQ is DAILY/],
  ])('of %s cannot be told, and why is said', (rrule, why) => {
    expect(problemsOf(rrule)).toEqual([expect.stringMatching(why)]);
  });

  it('fall on the very days that the recurrence names, for every rule that is taken', () => {
    const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
    const plain = fc.uniqueArray(weekday, { minLength: 1, maxLength: 4 });
    const numbered = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 1, max: 5 }), weekday).map(([week, day]) => `${week}${day}`),
      { minLength: 1, maxLength: 3 },
    );
    const monthDays = fc.uniqueArray(fc.integer({ min: 1, max: 31 }), {
      minLength: 1,
      maxLength: 9,
    });
    const months = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 });
    const rule = fc
      .record(
        {
          FREQ: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
          BYDAY: fc.oneof(plain, numbered),
          BYMONTHDAY: monthDays,
          BYMONTH: months,
        },
        { requiredKeys: ['FREQ'] },
      )
      .map((parts) =>
        Object.entries(parts)
          .map(([name, value]) => `${name}=${[value].flat().join(',')}`)
          .join(';'),
      );
    let taken = 0;
    fc.assert(
      fc.property(rule, (rrule) => {
        const parsed = scheduleTimes({ rrule, start: '02:30' });
        if (!parsed.ok) return;
        taken += 1;
        expect(daysMatching(parsed.times)).toEqual(daysOfRule(rrule));
      }),
      { numRuns: 400 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});

const FIRST_MS = Date.parse('2026-01-01T00:00:00Z');
const LAST_MS = Date.parse('2028-12-31T00:00:00Z');

function daysOfRule(rrule: string): string[] {
  const parsed = parseRecurrence(rrule);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const window: Window = { rrule, start: '00:00', duration: '1h', timeZone: 'UTC' };
  return openingDays(window, parsed.recurrence, FIRST_MS, LAST_MS);
}

/** The same by looking at each day, as Temporal matches it. */
function daysMatching(times: ScheduleTimes[]): string[] {
  const days: string[] = [];
  for (let ms = FIRST_MS; ms <= LAST_MS; ms += 86_400_000) {
    const day = new Date(ms);
    const matches = times.some(
      ({ daysOfWeek, daysOfMonth, months }) =>
        (daysOfWeek?.includes(day.getUTCDay()) ?? true) &&
        (daysOfMonth?.includes(day.getUTCDate()) ?? true) &&
        (months?.includes(day.getUTCMonth() + 1) ?? true),
    );
    if (matches) days.push(day.toISOString().slice(0, 10));
  }
  return days;
}
