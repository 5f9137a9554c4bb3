import { Temporal } from 'temporal-polyfill';
import { didYouMean } from './did-you-mean.ts';

/** What is wrong with the name of a time zone; null when nothing is. */
export function timeZoneProblem(name: string): string | null {
  if (isTimeZone(name)) return null;
  const zones = Intl.supportedValuesOf('timeZone');
  return `"${name}" is not a time zone${didYouMean(name, zones) ?? '; one reads Europe/Berlin or UTC'}`;
}

/**
 * Three letters that ICU knows and the time zone database does not: BST is Dhaka's time to it, and
 * CST Chicago's. Whoever writes them means another zone, and Temporal does not know them.
 */
const AMBIGUOUS =
  /^(?:A[CEGRS]T|B[ES]T|C[ANS]T|CTT|EAT|ECT|[IJ]ST|IET|MIT|N[ES]T|P[LNR]T|[PSV]ST|SystemV\/.*)$/;

/** Words of the database's names begin with a capital; Temporal knows them in this spelling only. */
const SPELLED = /^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/;

/** Only names of the time zone database: a fixed offset such as +01:00 knows no daylight saving. */
export function isTimeZone(name: string): boolean {
  if (!SPELLED.test(name) || AMBIGUOUS.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The instant of a local day (its first moment) or a local time, both without an offset, in ISO
 * 8601. A time that the clocks skip is read with the offset of before; of two the first is meant.
 * Throws a RangeError for a time zone that is not known.
 */
export function instantMs(local: string, timeZone: string): number {
  return Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone, {
    disambiguation: 'compatible',
  }).epochMilliseconds;
}
