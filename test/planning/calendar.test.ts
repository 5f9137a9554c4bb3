import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readCalendar } from '../../src/planning/calendar.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

function calendar(...events: string[][]): string {
  const lines = events.flatMap((event) => ['BEGIN:VEVENT', ...event, 'END:VEVENT']);
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test', ...lines, 'END:VCALENDAR', ''].join(
    '\r\n',
  );
}

/** `from to why` of each event. */
function events(...written: string[][]): string[] {
  const read = readCalendar(calendar(...written), NOW_MS);
  if (!read.ok) throw new Error(read.message);
  return read.events.map(({ from, to, why }) => `${from} ${to} ${why}`);
}

function problem(text: string): string {
  const read = readCalendar(text, NOW_MS);
  return read.ok ? '' : read.message;
}

/** What a process in this time zone reads. */
function readIn(zone: string, text: string): unknown {
  const module = new URL('../../src/planning/calendar.ts', import.meta.url).href;
  const program = `import { readCalendar } from ${JSON.stringify(module)};
    console.log(JSON.stringify(readCalendar(${JSON.stringify(text)}, ${NOW_MS})));`;
  const argv = ['--no-warnings', '--input-type=module', '--eval', program];
  const env = { ...process.env, TZ: zone };
  return JSON.parse(execFileSync(process.execPath, argv, { env, encoding: 'utf8' }));
}

const CHRISTMAS = ['UID:1', 'SUMMARY:Christmas', 'DTSTART;VALUE=DATE:20261224'];

describe('an iCalendar file', () => {
  it('gives whole days, the last of which is excluded, without a time zone', () => {
    expect(events([...CHRISTMAS, 'DTEND;VALUE=DATE:20261227'])).toEqual([
      '2026-12-24 2026-12-27 Christmas',
    ]);
    expect(events(CHRISTMAS)).toEqual(['2026-12-24 2026-12-25 Christmas']);
  });

  it('gives times in a zone as instants, and times without one as they are', () => {
    const times = (zone: string) => [
      ...['UID:2', 'SUMMARY:Sale', `DTSTART${zone}:20261127T100000`],
      'DURATION:PT2H',
    ];
    expect(events(times(';TZID=Europe/Berlin'))).toEqual([
      '2026-11-27T09:00:00.000Z 2026-11-27T11:00:00.000Z Sale',
    ]);
    expect(events(times(''))).toEqual(['2026-11-27T10:00:00 2026-11-27T12:00:00 Sale']);
  });

  it('gives what lasts still, and nothing that is long over', () => {
    expect(
      events(
        ['UID:1', 'SUMMARY:Over', 'DTSTART;VALUE=DATE:20260101'],
        ['UID:2', 'SUMMARY:Lasts', 'DTSTART;VALUE=DATE:20261120', 'DTEND;VALUE=DATE:20261201'],
      ),
    ).toEqual(['2026-11-20 2026-12-01 Lasts']);
  });

  it('gives every occurrence of what repeats, without those that are taken out, moved or cancelled', () => {
    expect(
      events(
        [...CHRISTMAS, 'RRULE:FREQ=YEARLY;COUNT=3', 'EXDATE;VALUE=DATE:20271224'],
        ['UID:2', 'SUMMARY:Fair', 'DTSTART;VALUE=DATE:20270301', 'RRULE:FREQ=YEARLY;COUNT=3'],
        [
          'UID:2',
          'RECURRENCE-ID;VALUE=DATE:20280301',
          'SUMMARY:Fair',
          'DTSTART;VALUE=DATE:20280308',
        ],
        [
          'UID:2',
          'RECURRENCE-ID;VALUE=DATE:20290301',
          'STATUS:CANCELLED',
          'DTSTART;VALUE=DATE:20290301',
        ],
      ),
    ).toEqual([
      '2026-12-24 2026-12-25 Christmas',
      '2027-03-01 2027-03-02 Fair',
      '2028-03-08 2028-03-09 Fair',
      '2028-12-24 2028-12-25 Christmas',
    ]);
  });

  it('of which an event repeats without an end closes everything after the three years that are read', () => {
    const read = events([...CHRISTMAS, 'RRULE:FREQ=YEARLY']);
    expect(read).toHaveLength(4);
    expect(read.at(-1)).toMatch(/^2029-11-01T00:00:00Z 9999-12-31T00:00:00Z the calendar was read/);
  });

  it.each([
    ['nothing', ''],
    ['a web page', '<!DOCTYPE html><html></html>'],
    ['the beginning of one', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n'],
  ])('is not %s', (_, text) => {
    expect(problem(text)).toMatch(/^it is no iCalendar file/);
  });

  it('is refused with the event whose time cannot be told', () => {
    expect(problem(calendar(['UID:1', 'SUMMARY:x', 'DTSTART:tomorrow']))).toMatch(
      /"x" has no start/,
    );
    expect(problem(calendar(['UID:1', 'SUMMARY:y']))).toMatch(/"y" has no start/);
    expect(
      problem(calendar(['UID:1', 'SUMMARY:z', 'DTSTART;TZID=Mars/Olympus:20261224T100000'])),
    ).toMatch(/"z" is in the time zone "Mars\/Olympus"/);
    const untold = ['UID:1', 'SUMMARY:w', 'DTSTART;TZID=Customized Time Zone:20261224T100000'];
    expect(problem(calendar(untold))).toMatch(/"w" is in the time zone "Customized Time Zone"/);
  });

  it.each([
    ['days by RDATE', ['RDATE;VALUE=DATE:20261231'], /more days by RDATE/],
    ['two rules', ['RRULE:FREQ=DAILY;COUNT=2', 'RRULE:FREQ=WEEKLY;COUNT=2'], /by two rules/],
    ['an end that is no day', ['DTEND;VALUE=DATE:2026-12-27'], /has no end that can be read/],
    ['a length that is none', ['DURATION:3 days'], /has a length that cannot be read/],
    [
      'a day that does not exist',
      ['DTEND;VALUE=DATE:20261131'],
      /2026-11-31, which does not exist/,
    ],
  ])('with %s is refused, because a blackout would be lost', (_, lines, why) => {
    expect(problem(calendar([...CHRISTMAS, ...lines]))).toMatch(why);
    expect(problem(calendar([...CHRISTMAS, ...lines]))).toMatch(/^the event "Christmas"/);
  });

  it('that changes everything from one day on is refused, because the later days would be lost', () => {
    const later = ['UID:1', 'RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20261226'];
    expect(
      problem(
        calendar(
          [...CHRISTMAS, 'RRULE:FREQ=DAILY;COUNT=4'],
          [...later, 'SUMMARY:Feast', 'DTSTART;VALUE=DATE:20261228'],
        ),
      ),
    ).toMatch(/"Feast" changes everything from one day on/);
  });

  it('is refused with a moved occurrence whose time cannot be told', () => {
    const moved = ['UID:1', 'RECURRENCE-ID;VALUE=DATE:20261226', 'SUMMARY:Moved'];
    expect(
      problem(
        calendar(
          [...CHRISTMAS, 'RRULE:FREQ=DAILY;COUNT=4'],
          [...moved, 'DTSTART;TZID=Mars/Olympus:20261224T100000'],
        ),
      ),
    ).toMatch(/"Moved" is in the time zone "Mars\/Olympus"/);
  });

  it('is the same wherever it is read, also where the clocks change in between', () => {
    const weekly = (uid: string, zone: string) => [
      ...[`UID:${uid}`, `SUMMARY:${uid}`, 'RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=FR'],
      ...[`DTSTART${zone}:20270226T233000`, `DTEND${zone}:20270227T003000`],
      `EXDATE${zone}:20270305T233000`,
    ];
    const text = calendar(
      weekly('local', ''),
      weekly('zoned', ';TZID=America/New_York'),
      ['UID:3', 'SUMMARY:gap', 'DTSTART:20270314T023000', 'DURATION:PT2H'],
      [...CHRISTMAS, 'RRULE:FREQ=MONTHLY;COUNT=6'],
    );
    const [utc, ...others] = ['UTC', 'America/New_York', 'Asia/Tokyo', 'Europe/Berlin'].map(
      (zone) => readIn(zone, text),
    );
    for (const other of others) expect(other).toEqual(utc);
    expect(utc).toMatchObject({ ok: true });
    expect(events(weekly('local', '')).slice(0, 2)).toEqual([
      '2027-02-26T23:30:00 2027-02-27T00:30:00 local',
      '2027-03-12T23:30:00 2027-03-13T00:30:00 local',
    ]);
  });

  it('may have changes of a time zone by RDATE, and alarms, and folded lines', () => {
    const zone = [
      ...['BEGIN:VTIMEZONE', 'TZID:Europe/Berlin', 'BEGIN:STANDARD', 'DTSTART:19961027T030000'],
      ...['RDATE:19971026T030000', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100'],
      ...['END:STANDARD', 'END:VTIMEZONE', 'BEGIN:VEVENT'],
    ].join('\r\n');
    const alarm = ['BEGIN:VALARM', 'TRIGGER:-PT15M', 'DURATION:PT5M', 'REPEAT:2', 'END:VALARM'];
    const text = calendar([...CHRISTMAS, 'DESCRIPTION:from', '  RDATE:on', ...alarm]);
    expect(problem(text.replace('BEGIN:VEVENT', zone))).toBe('');
  });

  it('in which two events have the same UID is refused, because one of them would be lost', () => {
    const twice = calendar(CHRISTMAS, ['UID:1', 'SUMMARY:x', 'DTSTART;VALUE=DATE:20270101']);
    expect(problem(twice)).toMatch(/of its 2 events only 1 can be told apart/);
  });

  it('with more events than holidays have is refused, and within a second', () => {
    const began = Date.now();
    const many = (count: number, ...more: string[]) =>
      calendar(
        ...Array.from({ length: count }, (_, index) => [
          `UID:e${index}`,
          'DTSTART;VALUE=DATE:20261224',
          ...more,
        ]),
      );
    expect(problem(many(5_001))).toMatch(/it has 5001 events/);
    const endless = 'BEGIN:VEVENT\r\n'.repeat(70_000);
    expect(problem(calendar().replace('END:', `${endless}END:`))).toMatch(/^it has 70000 events/);
    expect(problem(many(501, 'RRULE:FREQ=YEARLY'))).toMatch(/501 of its events repeat/);
    expect(problem(many(500))).toBe('');
    expect(Date.now() - began).toBeLessThan(3_000);
  });

  it('may tell a time zone of its own, as some programs do', () => {
    const text = [
      ...['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE', 'TZID:Customized Time Zone'],
      ...['BEGIN:STANDARD', 'DTSTART:16010101T030000', 'TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100'],
      ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD', 'BEGIN:DAYLIGHT'],
      ...['DTSTART:16010101T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200'],
      ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE'],
      ...['BEGIN:VEVENT', 'UID:1', 'SUMMARY:Sale', 'RRULE:FREQ=MONTHLY;COUNT=2;INTERVAL=6'],
      ...['DTSTART;TZID=Customized Time Zone:20270110T100000', 'DURATION:PT1H'],
      ...['END:VEVENT', 'END:VCALENDAR', ''],
    ].join('\r\n');
    const read = readCalendar(text, NOW_MS);
    expect(read.ok && read.events.map(({ from }) => from)).toEqual([
      '2027-01-10T09:00:00.000Z',
      '2027-07-10T08:00:00.000Z',
    ]);
  });

  it.each(['FREQ=SECONDLY', 'FREQ=SOMETIMES', 'FREQ=DAILY;INTERVAL=0'])(
    'that repeats by %s is refused within a second',
    (rule) => {
      const began = Date.now();
      expect(problem(calendar([...CHRISTMAS, `RRULE:${rule}`]))).toMatch(/^it cannot be read: /);
      expect(Date.now() - began).toBeLessThan(1_000);
    },
  );

  it.each(['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'])(
    'that repeats on a day that does not exist (%s) never does',
    (rule) => {
      expect(events([...CHRISTMAS, `RRULE:${rule}`])).toEqual([]);
    },
  );

  it('lets no name of an event run over lines', () => {
    expect(events(['UID:1', 'SUMMARY:a\\nb', 'DTSTART;VALUE=DATE:20261224'])).toEqual([
      '2026-12-24 2026-12-25 a b',
    ]);
  });
});
