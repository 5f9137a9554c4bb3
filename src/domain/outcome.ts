import { z } from 'zod';

/** How a cycle can end. `needs-attention` is a state and not in this list: it waits for a person. */
export const Outcome = z.enum([
  'patched',
  'up-to-date',
  'rejected',
  'expired',
  'aborted',
  'failed',
  'restored',
  'accepted-as-is',
]);
export type Outcome = z.infer<typeof Outcome>;

/** Outcomes after which nobody needs to do anything: exit code 0 of the command line. */
export function isGood(outcome: Outcome): boolean {
  return outcome === 'patched' || outcome === 'up-to-date';
}
