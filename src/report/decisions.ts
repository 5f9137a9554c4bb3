import type { Decision } from '../domain/decision.ts';

/** What a person decided, as the rest of a sentence that begins with the name. */
export function decided(decision: Decision): string {
  switch (decision.kind) {
    case 'approve':
      return 'approved the plan';
    case 'reject':
      return 'rejected the plan';
    case 'abort':
      return 'stopped the cycle';
    case 'resolve':
      return RESOLVED[decision.how];
  }
}

const RESOLVED = {
  retry: 'had the failed step tried again',
  restore: 'had the host put back from its backup',
  accept: 'accepted the host as it is',
} as const;
