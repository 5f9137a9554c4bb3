import type { StepInput } from '../src/domain/steps.ts';
import { orIfMissing } from '../src/host/errno.ts';
import { releaseLock } from '../src/host/lock.ts';
import { forgetPastCycles } from '../src/host/past-cycles.ts';
import { archivesOf } from '../src/host/paths.ts';
import { removeSeized } from '../src/host/remove-tree.ts';
import type { StepContext } from './context.ts';
import { undrain } from './drain.ts';

/*
 * | step    | does                                                     | undo |
 * | ------- | -------------------------------------------------------- | ---- |
 * | release | deletes the cycle's downloads; forgets cycles of long    | -    |
 * |         | ago; undrains what is still drained; gives the lock back |      |
 * |         | that inspect took, if this cycle has it                  |      |
 */

/**
 * The last word of a cycle to its host. May run twice, and without the cycle having the lock.
 * A cycle that took over a drained host and ended before it drained anything itself undrains it
 * here; when that fails, the lock is given back all the same and the failure is thrown.
 */
export async function release(context: StepContext, input: StepInput): Promise<void> {
  const { paths } = context;
  // Installed or not, nobody needs them any more: a restore works with files, not with packages.
  await orIfMissing(removeSeized(archivesOf(paths, input.cycle)), undefined);
  await forgetPastCycles(paths, input.cycle);
  try {
    await undrain(context, input);
  } finally {
    await releaseLock(paths, input.cycle);
  }
}
