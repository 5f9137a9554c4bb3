import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BlackoutSpan } from '../../src/domain/blackout.ts';
import { parseConfig } from '../../src/planning/config.ts';
import { resolvePolicy } from '../../src/planning/resolve-policy.ts';
import { blackoutsBetween, nextOpening, nextOpenings } from '../../src/planning/windows.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
const HOUR_MS = 3_600_000;

const HOLIDAYS = [
  ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', 'UID:1', 'SUMMARY:Boxing Day'],
  ...['DTSTART;VALUE=DATE:20261226', 'END:VEVENT', 'END:VCALENDAR', ''],
].join('\r\n');

const SATURDAYS =
  'window: { rrule: "FREQ=WEEKLY;BYDAY=SA", start: "02:00", duration: 4h, timeZone: Europe/Berlin }';

/** A file with one host, h-1, whose policy has these lines. */
function fileWith(...lines: string[]): string {
  return [
    'calendars: { holidays: { file: holidays.ics } }',
    'policies:',
    '  p:',
    '    scope: all',
    ...lines.map((line) => `    ${line}`),
    'hosts: { h-1: { policy: p } }',
  ].join('\n');
}

function parse(text: string) {
  return parseConfig(text, 'p.yaml', NOW_MS, (file) => {
    if (file === 'holidays.ics') return HOLIDAYS;
    throw new Error(`there is no ${file}`);
  });
}

function policyWith(...lines: string[]) {
  const parsed = parse(fileWith(...lines));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const resolved = resolvePolicy(parsed.config, 'h-1');
  if (!resolved.ok) throw new Error(resolved.message);
  return resolved.policy;
}

function errorsOf(text: string): string[] {
  const parsed = parse(text);
  if (parsed.ok) return [];
  return parsed.errors.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('a blackout', () => {
  it('closes its days from the first to the last in the time zone of the window', () => {
    const { blackouts } = policyWith(
      SATURDAYS,
      'blackouts: [{ from: 2026-12-20, to: 2027-01-05, why: Christmas trade }]',
    );
    expect(blackouts).toEqual([
      { from: '2026-12-19T23:00:00.000Z', to: '2027-01-05T23:00:00.000Z', why: 'Christmas trade' },
    ]);
  });

  it('of one day needs no last one, and may name the time zone whose day is meant', () => {
    const { blackouts } = policyWith('blackouts: [{ from: 2026-12-24, timeZone: Asia/Kolkata }]');
    expect(blackouts).toEqual([
      { from: '2026-12-23T18:30:00.000Z', to: '2026-12-24T18:30:00.000Z', why: 'a blackout' },
    ]);
  });

  it('may be a calendar', () => {
    expect(policyWith(SATURDAYS, 'blackouts: [{ calendar: holidays }]').blackouts).toEqual([
      { from: '2026-12-25T23:00:00.000Z', to: '2026-12-26T23:00:00.000Z', why: 'Boxing Day' },
    ]);
  });

  it('makes the window open at the next time that lies outside', () => {
    const policy = policyWith(
      SATURDAYS,
      'blackouts: [{ from: 2026-11-27, to: 2026-12-05 }, { from: 2026-12-12 }]',
    );
    const opensAt = nextOpening(policy, NOW_MS, HOUR_MS)?.opensAtMs ?? 0;
    expect(new Date(opensAt).toISOString()).toBe('2026-12-19T01:00:00.000Z');
  });

  it('cuts the opening in which it begins, which may be too short then', () => {
    const times = {
      ...policyWith(SATURDAYS),
      blackouts: [{ from: '2026-11-28T02:00:00Z', to: '2026-11-28T04:00:00Z', why: 'a release' }],
    };
    const spans = nextOpenings(times, NOW_MS, 1, 2).map(({ opensAtMs, closesAtMs }) =>
      [opensAtMs, closesAtMs].map((ms) => new Date(ms).toISOString().slice(11, 16)).join('-'),
    );
    expect(spans).toEqual(['01:00-02:00', '04:00-05:00']);
    expect(nextOpening(times, NOW_MS, 2 * HOUR_MS)?.opensAtMs).toBe(
      Date.parse('2026-12-05T01:00:00Z'),
    );
  });

  it('without a window leaves every other time open', () => {
    const policy = policyWith('blackouts: [{ from: 2026-11-24, timeZone: UTC }]');
    expect(nextOpening(policy, NOW_MS, HOUR_MS)?.opensAtMs).toBe(
      Date.parse('2026-11-25T00:00:00Z'),
    );
    expect(nextOpening(policy, NOW_MS + 24 * HOUR_MS, HOUR_MS)?.opensAtMs).toBe(
      NOW_MS + 24 * HOUR_MS,
    );
  });

  it.each([
    ['{}', /^5:17 .*either its first day, "from", or a "calendar"/],
    ['{ from: 2026-12-24, calendar: holidays }', /either its first day, "from", or a "calendar"/],
    ['{ calendar: holidays, to: 2026-12-24 }', /"to" and "why" do not go with it/],
    ['{ from: 2026-12-24, to: 2026-12-23 }', /last day comes before its first/],
    ['{ from: 24.12.2026 }', /a day reads 2026-12-24/],
    ['{ from: 2026-02-30 }', /a day reads 2026-12-24/],
    ['{ from: 2026-12-24, until: 2026-12-26 }', /unknown key "until"/],
    ['{ from: 2026-12-24 }', /has to say whose days are meant/],
    ['{ from: 2026-12-24, timeZone: Europe/Berlyn }', /did you mean "Europe\/Berlin"/],
    ['{ calendar: holiday, timeZone: UTC }', /no calendar "holiday"; did you mean "holidays"/],
    ['{ from: 2026-01-01, to: 2099-12-31, timeZone: UTC }', /leave no opening that is long enough/],
  ])('such as %s is refused at its place', (blackout, message) => {
    expect(errorsOf(fileWith(`blackouts: [${blackout}]`))).toEqual([
      expect.stringMatching(message),
    ]);
  });

  it('that leaves a window no opening which is long enough is refused', () => {
    expect(
      errorsOf(fileWith(SATURDAYS, 'blackouts: [{ from: 2026-01-01, to: 2050-01-01 }]')),
    ).toEqual([expect.stringMatching(/^6:16 these blackouts leave no opening/)]);
  });
});

describe('a calendar that cannot be read', () => {
  it('is told at its place, with why', () => {
    expect(errorsOf('calendars: { holidays: { file: missing.ics } }\n')).toEqual([
      '1:32 the calendar "holidays" is not usable: there is no missing.ics',
    ]);
  });
});

const spans = fc
  .array(fc.tuple(fc.integer({ min: -20, max: 400 * 24 }), fc.integer({ min: 1, max: 60 * 24 })), {
    maxLength: 12,
  })
  .map((drawn): BlackoutSpan[] =>
    drawn.map(([fromHours, hours], index) => ({
      from: new Date(NOW_MS + fromHours * HOUR_MS).toISOString(),
      to: new Date(NOW_MS + (fromHours + hours) * HOUR_MS).toISOString(),
      why: `blackout ${index}`,
    })),
  );

describe('for all blackouts over a window', () => {
  const { window } = policyWith(SATURDAYS);

  it('openings lie inside the window and outside every blackout, in order', () => {
    fc.assert(
      fc.property(spans, fc.constantFrom(window, undefined), (blackouts, own) => {
        const found = nextOpenings({ window: own, blackouts }, NOW_MS, 1, 30);
        const free = nextOpenings({ window: own }, NOW_MS, 1, 600);
        for (const [index, { opensAtMs, closesAtMs }] of found.entries()) {
          expect(closesAtMs).toBeGreaterThan(opensAtMs);
          expect(blackoutsBetween({ blackouts }, opensAtMs, closesAtMs)).toEqual([]);
          if (own !== undefined) {
            expect(
              free.some((one) => one.opensAtMs <= opensAtMs && one.closesAtMs >= closesAtMs),
            ).toBe(true);
          }
          expect(opensAtMs).toBeGreaterThan(found[index - 1]?.closesAtMs ?? -Infinity);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('nothing of the window is lost that no blackout covers', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 0, max: 300 * 24 * 60 }), (blackouts, minutes) => {
        const atMs = NOW_MS + minutes * 60_000;
        const isOpen = (times: { blackouts?: BlackoutSpan[] }) => {
          const opening = nextOpening({ window, ...times }, atMs, 1);
          return opening !== null && opening.opensAtMs <= atMs;
        };
        const isBlackedOut = blackoutsBetween({ blackouts }, atMs, atMs + 1).length > 0;
        expect(isOpen({ blackouts })).toBe(isOpen({}) && !isBlackedOut);
      }),
      { numRuns: 100 },
    );
  });
});
