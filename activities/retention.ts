import type { RetentionSummary, StepInput } from '../src/domain/steps.ts';
import { retainBackups } from '../src/backup/retention.ts';
import type { StepContext } from './context.ts';

/*
 * | step      | does                                                              | undo |
 * | --------- | ----------------------------------------------------------------- | ---- |
 * | retention | deletes backups beyond the policy's number, and old downloads      | -    |
 */

/** Keeps the policy's number of backups. May run twice; deletes nothing that an open cycle may need. */
export async function retention(
  context: StepContext,
  { cycle, policy }: StepInput,
): Promise<RetentionSummary> {
  const { kept, removed } = await retainBackups(context.paths, cycle, policy.backup.keep);
  return { kept: kept.length, removed };
}
