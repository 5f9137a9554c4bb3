import { formatDuration } from '../domain/duration.ts';

/** One text in a report; longer ones are other people's output, and their beginning says enough. */
const TEXT_LENGTH_MAX = 2_000;

/** Control characters, and characters that change the direction of what follows: they make a text look like another. */
const DECEIVING =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/**
 * A text of any origin as one line that shows what it is: white space is one space, characters
 * that cannot be seen are named, and what is too long is cut with its length said.
 */
export function oneLine(text: string, lengthMax: number = TEXT_LENGTH_MAX): string {
  return cut(text.replace(/\s+/g, ' ').replace(DECEIVING, named).trim(), lengthMax);
}

/** The same for output of programs, whose lines are kept. */
export function manyLines(text: string, lengthMax: number = TEXT_LENGTH_MAX): string {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\t/g, '  ').split('\n');
  return cut(
    lines
      .map((line) => line.replace(DECEIVING, named))
      .join('\n')
      .trim(),
    lengthMax,
  );
}

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax
    ? text
    : `${text.slice(0, lengthMax)}… (${text.length} characters in all)`;
}

/** `2026-11-24 18:43:00 UTC` of an ISO time. */
export function utc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** The text with the ISO times in it written as people read them. */
export function withUtc(text: string): string {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z\b/g, (iso) => utc(iso));
}

/** `18:43:00` of an ISO time, where the zone is said elsewhere. */
export function utcClock(iso: string): string {
  return iso.slice(11, 19);
}

/** `2026-11-24, 18:43 to 20:01 UTC` of two ISO times; with both dates where they differ. */
export function utcSpan(from: string, to: string): string {
  const [fromDay, fromTime, toDay, toTime] = [from, to].flatMap((iso) => [
    iso.slice(0, 10),
    iso.slice(11, 16),
  ]);
  return fromDay === toDay
    ? `${fromDay}, ${fromTime} to ${toTime} UTC`
    : `${fromDay}, ${fromTime} to ${toDay}, ${toTime} UTC`;
}

/** From one ISO time to another, `1h 5m`. */
export function between(from: string, to: string): string {
  return formatDuration(Date.parse(to) - Date.parse(from));
}

/** `12.3 MB`, in powers of ten as disks and networks count. */
export function bytes(sizeBytes: number): string {
  if (sizeBytes < 1_000) return `${sizeBytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = sizeBytes / 1_000;
  let unit = 0;
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1_000;
    unit++;
  }
  return `${size.toFixed(1)} ${units[unit] ?? 'TB'}`;
}

/** `1 package`, `24 packages`, `2,140 files`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
