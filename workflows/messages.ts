import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CycleView } from '../src/domain/cycle.ts';
import { MESSAGES } from '../src/temporal/names.ts';

/**
 * Signals carry `unknown`: whoever may write to the namespace can send anything, and the cycle
 * judges it itself.
 */
export const approveSignal = defineSignal<[unknown]>(MESSAGES.approve);
export const rejectSignal = defineSignal<[unknown]>(MESSAGES.reject);
export const abortSignal = defineSignal<[unknown]>(MESSAGES.abort);
export const resolveSignal = defineSignal<[unknown]>(MESSAGES.resolve);

/** Any decision; the sender hears at once why it is refused. Answers the state after it. */
export const decideUpdate = defineUpdate<string, [unknown]>(MESSAGES.decide);

export const cycleQuery = defineQuery<CycleView>(MESSAGES.cycle);
