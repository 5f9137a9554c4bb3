import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Window } from '../../src/domain/policy.ts';
import { nextOpening } from '../../src/planning/windows.ts';
import { openings } from '../../src/planning/openings.ts';
import { parseRecurrence } from '../../src/planning/recurrence.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function window(rrule: string, more: Partial<Window> = {}): Window {
  return { rrule, start: '02:00', duration: '4h', timeZone: 'Europe/Berlin', ...more };
}

function at(instant: string): number {
  return Date.parse(instant);
}

/** When the window opens next after an instant, in UTC. */
function opens(rule: Window, now: string, neededMs = 1): string | null {
  const opening = nextOpening({ window: rule }, at(now), neededMs);
  return opening && new Date(opening.opensAtMs).toISOString();
}

describe('the next opening of a maintenance window', () => {
  const saturdays = window('FREQ=WEEKLY;BYDAY=SA');

  it('is the next day that the rule names, at the local start time', () => {
    expect(opens(saturdays, '2026-11-24T12:00:00Z')).toBe('2026-11-28T01:00:00.000Z');
  });

  it('lasts as long as the duration says', () => {
    const opening = nextOpening({ window: saturdays }, at('2026-11-24T12:00:00Z'), 1);
    expect(opening && opening.closesAtMs - opening.opensAtMs).toBe(4 * HOUR_MS);
  });

  it('is the one that is open now as long as enough of it is left', () => {
    expect(opens(saturdays, '2026-11-28T03:30:00Z', HOUR_MS)).toBe('2026-11-28T01:00:00.000Z');
    expect(opens(saturdays, '2026-11-28T04:00:00Z', HOUR_MS)).toBe('2026-11-28T01:00:00.000Z');
  });

  it('is the one after it when too little of the open one is left', () => {
    expect(opens(saturdays, '2026-11-28T04:00:00.001Z', HOUR_MS)).toBe('2026-12-05T01:00:00.000Z');
  });

  it('is open from its first millisecond and not at its last', () => {
    expect(opens(saturdays, '2026-11-28T00:59:59.999Z')).toBe('2026-11-28T01:00:00.000Z');
    expect(opens(saturdays, '2026-11-28T05:00:00Z')).toBe('2026-12-05T01:00:00.000Z');
  });

  it('does not come when the window is shorter than what is needed', () => {
    expect(opens(saturdays, '2026-11-24T12:00:00Z', 4 * HOUR_MS)).not.toBeNull();
    expect(opens(saturdays, '2026-11-24T12:00:00Z', 4 * HOUR_MS + 1)).toBeNull();
  });

  it('runs over midnight', () => {
    const late = window('FREQ=WEEKLY;BYDAY=SA', {
      start: '23:00',
      duration: '3h',
      timeZone: 'UTC',
    });
    expect(opens(late, '2026-11-29T01:30:00Z')).toBe('2026-11-28T23:00:00.000Z');
    expect(opens(late, '2026-11-29T02:00:00Z')).toBe('2026-12-05T23:00:00.000Z');
  });

  it('never closes when every opening ends as the next one begins', () => {
    const always = window('FREQ=DAILY', { start: '00:00', duration: '24h', timeZone: 'UTC' });
    const opening = nextOpening({ window: always }, at('2026-11-24T23:59:00Z'), 20 * DAY_MS);
    expect(opening?.opensAtMs).toBeLessThanOrEqual(at('2026-11-24T23:59:00Z'));
  });
});

describe('a window across daylight saving', () => {
  const daily = window('FREQ=DAILY', { duration: '1h' });

  it('keeps its local start time in summer and winter', () => {
    expect(opens(daily, '2026-07-01T01:30:00Z')).toBe('2026-07-02T00:00:00.000Z');
    expect(opens(daily, '2026-12-01T01:00:00Z')).toBe('2026-12-01T01:00:00.000Z');
  });

  it('opens an hour later by the clock on the day when the clocks skip its start time', () => {
    const skipped = window('FREQ=DAILY', { start: '02:30', duration: '1h' });
    // Berlin went from 02:00 to 03:00 on 29 March 2026: 02:30 is read as 03:30 summer time.
    expect(opens(skipped, '2026-03-28T12:00:00Z')).toBe('2026-03-29T01:30:00.000Z');
    expect(opens(skipped, '2026-03-29T12:00:00Z')).toBe('2026-03-30T00:30:00.000Z');
  });

  it('opens at the first of two on the day when its start time comes twice', () => {
    const twice = window('FREQ=DAILY', { start: '02:30', duration: '1h' });
    expect(opens(twice, '2026-10-24T12:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(opens(twice, '2026-10-25T01:30:00Z')).toBe('2026-10-26T01:30:00.000Z');
  });

  it('is open for its whole duration of elapsed time while the clocks change', () => {
    const night = window('FREQ=DAILY', { start: '01:00', duration: '4h' });
    const opening = nextOpening({ window: night }, at('2026-03-28T12:00:00Z'), 1);
    expect(opening).toEqual({
      opensAtMs: at('2026-03-29T00:00:00Z'),
      closesAtMs: at('2026-03-29T04:00:00Z'),
    });
  });

  it('follows half-hour changes and the southern hemisphere', () => {
    const lordHowe = window('FREQ=DAILY', {
      start: '02:15',
      duration: '1h',
      timeZone: 'Australia/Lord_Howe',
    });
    // Lord Howe Island went from 02:00 to 02:30 on 4 October 2026.
    expect(opens(lordHowe, '2026-10-03T14:00:00Z')).toBe('2026-10-03T15:45:00.000Z');
  });

  it('opens a day later when the zone skips its whole day', () => {
    const apia = window('FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30', { timeZone: 'Pacific/Apia' });
    // Samoa had no 30 December 2011.
    expect(opens(apia, '2011-12-29T00:00:00Z')).toBe('2011-12-30T12:00:00.000Z');
  });
});

describe('a window by unusual rules', () => {
  it('on February 29 waits for the next leap year', () => {
    const leap = window('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', { timeZone: 'UTC' });
    expect(opens(leap, '2026-11-24T00:00:00Z')).toBe('2028-02-29T02:00:00.000Z');
    expect(opens(leap, '2096-03-01T00:00:00Z')).toBe('2104-02-29T02:00:00.000Z');
  });

  it('on the 31st leaves out the months that have none', () => {
    const last = window('FREQ=MONTHLY;BYMONTHDAY=31', { timeZone: 'UTC' });
    expect(opens(last, '2027-01-31T12:00:00Z')).toBe('2027-03-31T02:00:00.000Z');
  });

  it('on the last working day of the month counts from its end', () => {
    const last = window('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', { timeZone: 'UTC' });
    expect(opens(last, '2027-01-01T00:00:00Z')).toBe('2027-01-29T02:00:00.000Z');
  });

  it('four days after the second Tuesday is a Saturday from the 12th to the 18th', () => {
    const patchSaturday = window('FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=12,13,14,15,16,17,18', {
      timeZone: 'UTC',
    });
    let now = at('2026-01-01T00:00:00Z');
    for (let month = 0; month < 60; month++) {
      const opening = nextOpening({ window: patchSaturday }, now, 1);
      const day = new Date((opening?.opensAtMs ?? 0) - 4 * DAY_MS);
      expect(day.getUTCDay()).toBe(2);
      expect(day.getUTCDate()).toBeGreaterThanOrEqual(8);
      expect(day.getUTCDate()).toBeLessThanOrEqual(14);
      now = opening?.closesAtMs ?? NaN;
    }
  });

  it('every second week counts from the first day', () => {
    const fortnightly = window('FREQ=WEEKLY;INTERVAL=2;BYDAY=SA', {
      timeZone: 'UTC',
      from: '2026-11-21',
    });
    expect(opens(fortnightly, '2026-11-22T00:00:00Z')).toBe('2026-12-05T02:00:00.000Z');
    expect(opens({ ...fortnightly, from: '2026-11-28' }, '2026-11-22T00:00:00Z')).toBe(
      '2026-11-28T02:00:00.000Z',
    );
  });

  it('with COUNT never opens again after the last', () => {
    const thrice = window('FREQ=DAILY;COUNT=3', { timeZone: 'UTC', from: '2026-11-24' });
    expect(opens(thrice, '2026-11-26T05:59:00Z')).toBe('2026-11-26T02:00:00.000Z');
    expect(opens(thrice, '2026-11-26T06:00:00Z')).toBeNull();
  });

  it('with UNTIL as a day opens on that day by local time, and never again', () => {
    const until = window('FREQ=DAILY;UNTIL=20261126', { timeZone: 'Pacific/Auckland' });
    expect(opens(until, '2026-11-25T00:00:00Z')).toBe('2026-11-25T13:00:00.000Z');
    expect(opens(until, '2026-11-25T17:00:00Z')).toBeNull();
  });

  it('with UNTIL as an instant opens at that instant, and never after it', () => {
    const until = window('FREQ=DAILY;UNTIL=20261126T020000Z', { timeZone: 'UTC' });
    expect(opens(until, '2026-11-25T12:00:00Z')).toBe('2026-11-26T02:00:00.000Z');
    const before = window('FREQ=DAILY;UNTIL=20261126T015959Z', { timeZone: 'UTC' });
    expect(opens(before, '2026-11-25T12:00:00Z')).toBeNull();
  });

  it('on a day that does not exist never opens', () => {
    expect(opens(window('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'), '2026-11-24T00:00:00Z')).toBeNull();
  });

  it.each([
    ['a rule that is none', window('sometimes')],
    ['an unknown time zone', window('FREQ=DAILY', { timeZone: 'Mars/Olympus' })],
    ['no duration', window('FREQ=DAILY', { duration: '0h' })],
    ['a duration of millennia', window('FREQ=DAILY', { duration: '999999d' })],
    ['a rule without the first day that it needs', window('FREQ=WEEKLY;INTERVAL=2;BYDAY=SA')],
  ])('with %s never opens, and throws nothing', (_, rule) => {
    expect(opens(rule, '2026-11-24T00:00:00Z')).toBeNull();
  });
});

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Kolkata',
  'Africa/Casablanca',
  'America/Sao_Paulo',
];
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** A rule with a second way to say on which days it falls: by looking at each day on its own. */
type RuleAndDays = { rrule: string; falls: (day: Temporal.PlainDate) => boolean };

const rules: fc.Arbitrary<RuleAndDays> = fc.oneof(
  fc.constant<RuleAndDays>({ rrule: 'FREQ=DAILY', falls: () => true }),
  fc.subarray(WEEKDAYS, { minLength: 1 }).map((days) => ({
    rrule: `FREQ=WEEKLY;BYDAY=${days.join(',')}`,
    falls: (day: Temporal.PlainDate) => days.includes(WEEKDAYS[day.dayOfWeek - 1] ?? ''),
  })),
  fc.integer({ min: 1, max: 31 }).map((date) => ({
    rrule: `FREQ=MONTHLY;BYMONTHDAY=${date}`,
    falls: (day: Temporal.PlainDate) => day.day === date,
  })),
  fc.integer({ min: 1, max: 31 }).map((date) => ({
    rrule: `FREQ=MONTHLY;BYMONTHDAY=-${date}`,
    falls: (day: Temporal.PlainDate) => day.daysInMonth - day.day + 1 === date,
  })),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom(...WEEKDAYS)).map(([nth, weekday]) => ({
    rrule: `FREQ=MONTHLY;BYDAY=${nth}${weekday}`,
    falls: (day: Temporal.PlainDate) =>
      WEEKDAYS[day.dayOfWeek - 1] === weekday && Math.ceil(day.day / 7) === nth,
  })),
  fc.constantFrom(...WEEKDAYS).map((weekday) => ({
    rrule: `FREQ=MONTHLY;BYDAY=-1${weekday}`,
    falls: (day: Temporal.PlainDate) =>
      WEEKDAYS[day.dayOfWeek - 1] === weekday && day.day + 7 > day.daysInMonth,
  })),
  fc.constant<RuleAndDays>({
    rrule: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    falls: (day: Temporal.PlainDate) => {
      const rest = Array.from({ length: day.daysInMonth - day.day }, (_, n) =>
        day.add({ days: n + 1 }),
      );
      return day.dayOfWeek <= 5 && rest.every(({ dayOfWeek }) => dayOfWeek > 5);
    },
  }),
  fc.constant<RuleAndDays>({
    rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
    falls: (day: Temporal.PlainDate) => day.month === 2 && day.day === 29,
  }),
  fc.integer({ min: 1, max: 12 }).map((month) => ({
    rrule: `FREQ=YEARLY;BYMONTH=${month};BYDAY=1SU`,
    falls: (day: Temporal.PlainDate) => day.month === month && day.dayOfWeek === 7 && day.day <= 7,
  })),
);

const cases = fc.record({
  rule: rules,
  timeZone: fc.constantFrom(...ZONES),
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.integer({ min: 0, max: 59 }),
  hours: fc.integer({ min: 1, max: 24 }),
  nowMs: fc.integer({ min: at('2005-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z') }),
  needed: fc.integer({ min: 1, max: HOUR_MS }),
});

function windowOf({
  rule,
  timeZone,
  hour,
  minute,
  hours,
}: {
  rule: RuleAndDays;
  timeZone: string;
  hour: number;
  minute: number;
  hours: number;
}): Window {
  const two = (number: number): string => String(number).padStart(2, '0');
  return {
    rrule: rule.rrule,
    start: `${two(hour)}:${two(minute)}`,
    duration: `${hours}h`,
    timeZone,
  };
}

describe('for every window, zone and moment', () => {
  it('the next opening is the first long enough one that looking at every day finds', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const rule = windowOf(one);
        const opening = nextOpening({ window: rule }, one.nowMs, one.needed);
        const expected = byLookingAtEveryDay(one.rule, rule, one.nowMs, one.needed);
        // Only the search by days is bounded to four years here, for the sake of its time.
        if (expected !== null) {
          // A window that never closes has no first moment, so one that is open is open now.
          const from = Math.max(expected.opensAtMs, one.nowMs);
          expect(Math.max(opening?.opensAtMs ?? NaN, one.nowMs)).toBe(from);
        }
        expect(
          opening === null ||
            opening.closesAtMs - Math.max(opening.opensAtMs, one.nowMs) >= one.needed,
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('openings come in order, never touch each other, and end the duration after a start', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const rule = windowOf(one);
        const parsed = parseRecurrence(rule.rrule);
        if (!parsed.ok) throw new Error(parsed.problems.join());
        const found = openings(rule, parsed.recurrence, one.nowMs, one.nowMs + 400 * DAY_MS);
        for (const [index, { opensAtMs, closesAtMs }] of found.entries()) {
          expect(closesAtMs - opensAtMs).toBeGreaterThanOrEqual(one.hours * HOUR_MS);
          const next = found[index + 1];
          if (next !== undefined) expect(next.opensAtMs).toBeGreaterThan(closesAtMs);
          const local = Temporal.Instant.fromEpochMilliseconds(opensAtMs).toZonedDateTimeISO(
            one.timeZone,
          );
          expect(daysThatCanMean(local).some((day) => one.rule.falls(day))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('waiting never brings an earlier opening', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 60 * DAY_MS }), (one, waitMs) => {
        const rule = windowOf(one);
        const before = nextOpening({ window: rule }, one.nowMs, one.needed);
        const after = nextOpening({ window: rule }, one.nowMs + waitMs, one.needed);
        if (before === null)
          expect(after?.opensAtMs ?? Infinity).toBeGreaterThan(one.nowMs + 10 * 365 * DAY_MS);
        else if (after !== null)
          expect(Math.max(after.opensAtMs, one.nowMs + waitMs)).toBeGreaterThanOrEqual(
            Math.max(before.opensAtMs, one.nowMs),
          );
      }),
      { numRuns: 300 },
    );
  });

  it('nothing that claims to be a rule makes it throw', () => {
    const part = fc.tuple(
      fc.constantFrom(
        'FREQ',
        'INTERVAL',
        'COUNT',
        'UNTIL',
        'BYDAY',
        'BYMONTHDAY',
        'BYYEARDAY',
        'BYWEEKNO',
        'BYMONTH',
        'BYSETPOS',
        'WKST',
      ),
      fc.constantFrom(
        'DAILY',
        'WEEKLY',
        'MONTHLY',
        'YEARLY',
        '1',
        '2',
        '-1',
        '5',
        '12',
        '29',
        '30',
        '31',
        '53',
        '366',
        'MO',
        '1SU',
        '-5FR',
        'SA,SU',
        '20270101',
        '20270230',
        '20270101T000000Z',
        '',
      ),
    );
    const ruleText = fc
      .array(part, { maxLength: 5 })
      .map((parts) => parts.map(([name, value]) => `${name}=${value}`).join(';'));
    fc.assert(
      fc.property(
        fc.oneof({ weight: 5, arbitrary: ruleText }, fc.string()),
        fc.constantFrom(undefined, '2001-02-28', '2026-01-01'),
        (rrule, from) => {
          const rule = window(rrule || 'x', from === undefined ? {} : { from });
          expect(() => nextOpening({ window: rule }, at('2026-11-24T00:00:00Z'), 1)).not.toThrow();
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

/** The same by the other way: every day of four years on its own, each start read by Temporal. */
function byLookingAtEveryDay(
  { falls }: RuleAndDays,
  rule: Window,
  nowMs: number,
  needed: number,
): { opensAtMs: number } | null {
  const [hour = 0, minute = 0] = rule.start.split(':').map(Number);
  const lengthMs = Number(rule.duration.slice(0, -1)) * HOUR_MS;
  let day = Temporal.Instant.fromEpochMilliseconds(nowMs)
    .toZonedDateTimeISO(rule.timeZone)
    .toPlainDate()
    .subtract({ days: 4 });
  let current: { opensAtMs: number; closesAtMs: number } | null = null;
  const longEnough = ({
    opensAtMs,
    closesAtMs,
  }: {
    opensAtMs: number;
    closesAtMs: number;
  }): boolean => closesAtMs - Math.max(opensAtMs, nowMs) >= needed;
  for (let n = 0; n < 4 * 366; n++, day = day.add({ days: 1 })) {
    if (!falls(day)) continue;
    const opensAtMs = day.toZonedDateTime({
      timeZone: rule.timeZone,
      plainTime: { hour, minute },
    }).epochMilliseconds;
    if (current !== null && opensAtMs <= current.closesAtMs) {
      current.closesAtMs = Math.max(current.closesAtMs, opensAtMs + lengthMs);
    } else {
      if (current !== null && longEnough(current)) return current;
      current = { opensAtMs, closesAtMs: opensAtMs + lengthMs };
    }
  }
  return current !== null && longEnough(current) ? current : null;
}

/** The local day, and the one before it where the zone skipped that. */
function daysThatCanMean(local: Temporal.ZonedDateTime): Temporal.PlainDate[] {
  const day = local.toPlainDate();
  return [day, day.subtract({ days: 1 })];
}
