import { describe, expect, it } from '@jest/globals';
import { bytes, count, manyLines, oneLine, utc, utcSpan, withUtc } from '../../src/report/text.ts';

describe('texts in reports', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [51_240_330, '51.2 MB'],
    [3e15, '3000.0 TB'],
  ])('write %d bytes as %s', (size, text) => {
    expect(bytes(size)).toBe(text);
  });

  it('write times with their zone', () => {
    expect(utc('2026-11-24T18:43:00.123Z')).toBe('2026-11-24 18:43:00 UTC');
    expect(utcSpan('2026-11-24T18:43:00.000Z', '2026-11-24T20:01:02.000Z')).toBe(
      '2026-11-24, 18:43 to 20:01 UTC',
    );
    expect(utcSpan('2026-11-24T18:43:00.000Z', '2026-11-25T02:01:02.000Z')).toBe(
      '2026-11-24, 18:43 to 2026-11-25, 02:01 UTC',
    );
    expect(withUtc('opened 2026-11-24T19:58:00.000Z.')).toBe('opened 2026-11-24 19:58:00 UTC.');
  });

  it('count in words', () => {
    expect(count(1, 'package')).toBe('1 package');
    expect(count(0, 'package')).toBe('0 packages');
    expect(count(2, 'difference is', 'differences are')).toBe('2 differences are');
  });

  it('name characters that cannot be seen, and cut what is too long', () => {
    expect(oneLine('a\u202eb\u0007c')).toBe('a[U+202E]b[U+0007]c');
    expect(oneLine('x'.repeat(30), 10)).toBe('xxxxxxxxxx… (30 characters in all)');
    expect(manyLines('a\r\nb\tc\u001b[0m')).toBe('a\nb  c[U+001B][0m');
  });
});
