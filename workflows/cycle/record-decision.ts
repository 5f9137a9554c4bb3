import {
  REFUSED_MESSAGES_MAX,
  type Decision,
  type DecisionKind,
} from '../../src/domain/decision.ts';
import { now, type Cycle } from './cycle.ts';
import { showDetails } from './details.ts';

/** A decision that was judged good takes effect. */
export function take(cycle: Cycle, decision: Decision): void {
  const taken = { decision, at: now() };
  cycle.decisions.push(taken);
  if (decision.kind === 'abort') {
    const { kind: _, ...abort } = decision;
    cycle.aborted = abort;
    cycle.cancelPreparation?.();
  } else if (decision.kind === 'resolve') {
    const { kind: _, ...resolve } = decision;
    cycle.resolution = resolve;
  } else {
    cycle.verdict = taken;
  }
}

/** Beyond a number of them, refusals are only counted: nobody can fill the cycle's memory with them. */
export function recordRefusal(
  cycle: Cycle,
  kind: DecisionKind,
  message: unknown,
  why: string,
): void {
  cycle.refusedCount += 1;
  if (cycle.refused.length >= REFUSED_MESSAGES_MAX) return;
  cycle.refused.push({ at: now(), kind, by: claimedName(message), why: why.slice(0, 500) });
  showDetails(cycle);
}

export function claimedName(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || !('by' in message)) return null;
  return typeof message.by === 'string' ? message.by.slice(0, 128).replace(/\p{Cc}/gu, ' ') : null;
}
