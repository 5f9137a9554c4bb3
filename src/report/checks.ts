import type { Check } from '../domain/health.ts';

export type CheckResult = 'failed' | 'unknown' | 'passed';

/**
 * What came of a check. One that could not be made has not failed, and has not passed either: the
 * agent begins its detail with "unknown: ".
 */
export function resultOf({ ok, detail }: Check): CheckResult {
  if (!ok) return 'failed';
  return detail.startsWith('unknown: ') ? 'unknown' : 'passed';
}

const READ_FIRST: readonly CheckResult[] = ['failed', 'unknown', 'passed'];

/** The checks in the order in which they are read: what failed first, then what is not known. */
export function worstFirst(checks: readonly Check[]): Check[] {
  return READ_FIRST.flatMap((result) => checks.filter((check) => resultOf(check) === result));
}

export function countOf(checks: readonly Check[], result: CheckResult): number {
  return checks.filter((check) => resultOf(check) === result).length;
}
