import type { Check } from './health.ts';

export type CheckResult = 'failed' | 'unknown' | 'passed';

/** How the detail of a check begins that could not be made. */
export const UNKNOWN = 'unknown: ';

/**
 * What came of a check. One that could not be made has not failed, and has not passed either: the
 * agent begins its detail with "unknown: ".
 */
export function resultOf({ ok, detail }: Check): CheckResult {
  if (!ok) return 'failed';
  return detail.startsWith(UNKNOWN) ? 'unknown' : 'passed';
}
