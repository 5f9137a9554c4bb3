import type { StepInput } from '../src/domain/steps.ts';
import { releaseLock } from '../src/host/lock.ts';
import { forgetPastCycles } from '../src/host/past-cycles.ts';
import type { StepContext } from './context.ts';

/*
 * | step    | does                                                     | undo |
 * | ------- | -------------------------------------------------------- | ---- |
 * | release | forgets cycles of long ago; gives the lock back that     | -    |
 * |         | inspect took, if this cycle has it                       |      |
 */

/** The last word of a cycle to its host. May run twice, and without the cycle having the lock. */
export async function release(context: StepContext, input: StepInput): Promise<void> {
  await forgetPastCycles(context.paths, input.cycle);
  await releaseLock(context.paths, input.cycle);
}
