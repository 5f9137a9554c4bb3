import { UNKNOWN } from '../domain/check-result.ts';
import type { Check } from '../domain/health.ts';

/**
 * A check that could not be made. It is none that failed, so it does not undo a change; that it has
 * not passed either is said by the word with which its detail begins, and by which reports tell it.
 */
export function unknownCheck(name: string, why: string): Check {
  return { name, ok: true, detail: `${UNKNOWN}${why}`.slice(0, 500) };
}
