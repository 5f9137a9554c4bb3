import { resultOf, UNKNOWN, type CheckResult } from '../domain/check-result.ts';
import type { Check } from '../domain/health.ts';

/** What was found, without the word that {@link resultOf} tells already. */
export function detailOf(check: Check): string {
  return resultOf(check) === 'unknown' ? check.detail.slice(UNKNOWN.length) : check.detail;
}

const READ_FIRST: readonly CheckResult[] = ['failed', 'unknown', 'passed'];

/** The checks in the order in which they are read: what failed first, then what is not known. */
export function worstFirst(checks: readonly Check[]): Check[] {
  return READ_FIRST.flatMap((result) => checks.filter((check) => resultOf(check) === result));
}

export function countOf(checks: readonly Check[], result: CheckResult): number {
  return checks.filter((check) => resultOf(check) === result).length;
}
