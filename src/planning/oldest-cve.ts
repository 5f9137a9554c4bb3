import type { Advisory } from '../domain/plan.ts';

/** The CVE that was numbered first; `unknown` when none of the advisories could be had, null when they name none. */
export function oldestCve(advisories: readonly Advisory[]): string | null {
  const known = advisories.flatMap(({ cves }) => (cves === 'unknown' ? [] : [cves]));
  if (known.length === 0 && advisories.length > 0) return 'unknown';
  return known.flat().reduce<string | null>((oldest, cve) => {
    return oldest === null || isOlder(cve, oldest) ? cve : oldest;
  }, null);
}

function isOlder(one: string, other: string): boolean {
  const [, year = 0, number = 0] = one.split('-').map(Number);
  const [, otherYear = 0, otherNumber = 0] = other.split('-').map(Number);
  return year === otherYear ? number < otherNumber : year < otherYear;
}
