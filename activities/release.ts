import { rm } from 'node:fs/promises';
import type { StepInput } from '../src/domain/steps.ts';
import { releaseLock } from '../src/host/lock.ts';
import { forgetPastCycles } from '../src/host/past-cycles.ts';
import { archivesOf } from '../src/host/paths.ts';
import type { StepContext } from './context.ts';

/*
 * | step    | does                                                     | undo |
 * | ------- | -------------------------------------------------------- | ---- |
 * | release | deletes the cycle's downloads; forgets cycles of long    | -    |
 * |         | ago; gives the lock back that inspect took, if this      |      |
 * |         | cycle has it                                             |      |
 */

/** The last word of a cycle to its host. May run twice, and without the cycle having the lock. */
export async function release({ paths }: StepContext, { cycle }: StepInput): Promise<void> {
  // Installed or not, nobody needs them any more: a restore works with files, not with packages.
  await rm(archivesOf(paths, cycle), { recursive: true, force: true });
  await forgetPastCycles(paths, cycle);
  await releaseLock(paths, cycle);
}
