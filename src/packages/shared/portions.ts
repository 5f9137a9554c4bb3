/**
 * Operands of one command. Linux takes 128 KiB for each and about 2 MB for all arguments; 500 names
 * with versions have at most 130 KB.
 */
const OPERANDS_MAX = 500;

/** Splits a long list of operands into lists that fit on a command line. */
export function inPortions<T>(items: readonly T[]): T[][] {
  const portions: T[][] = [];
  for (let start = 0; start < items.length; start += OPERANDS_MAX) {
    portions.push(items.slice(start, start + OPERANDS_MAX));
  }
  return portions;
}
