import { describe, expect, it } from '@jest/globals';
import { isTimeZone, timeZoneProblem } from '../../src/planning/time-zone.ts';

describe('a time zone', () => {
  it.each([
    'Europe/Berlin',
    'UTC',
    'Asia/Kolkata',
    'Etc/GMT+5',
    'EST5EDT',
    'CET',
    'W-SU',
    'GB-Eire',
  ])('is named as the time zone database does: %s', (name) => {
    expect(timeZoneProblem(name)).toBeNull();
  });

  it.each(Intl.supportedValuesOf('timeZone'))('may be every one that is listed: %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['BST', 'CST', 'IST', 'PST', 'ACT', 'CNT', 'SystemV/PST8'])(
    'is none of the short names that mean another zone than one would think: %s',
    (name) => {
      expect(timeZoneProblem(name)).toMatch(/is not a time zone/);
    },
  );

  it.each(['+01:00', '', 'Mars/Olympus', 'utc', 'asia/kolkata', '../etc/passwd'])(
    'is not %j',
    (name) => {
      expect(timeZoneProblem(name)).toMatch(/is not a time zone/);
    },
  );

  it('in the wrong case is refused with the right one, because Temporal knows no other', () => {
    for (const name of ['europe/berlin', 'EUROPE/BERLIN']) {
      expect(timeZoneProblem(name)).toMatch(/did you mean "Europe\/Berlin"/);
    }
  });
});
