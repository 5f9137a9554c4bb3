import type { ChangeStepInput, InstallSummary } from '../src/domain/steps.ts';
import { checkApproval } from './approved-plan.ts';
import type { StepContext } from './context.ts';
import { installPlanned } from './install-planned.ts';

/*
 * | step    | does                                                             | undo                  |
 * | ------- | ---------------------------------------------------------------- | --------------------- |
 * | upgrade | scope `all`: installs the plan, exactly those versions, and      | restore in restore.ts |
 * |         | removes what it names; scope `security`: nothing                 |                       |
 *
 * Everything in one run of the package tool: two runs would run every trigger twice, the initial
 * file systems of all kernels among them, and could not order what depends on each other.
 */

/**
 * Fails with `PlanNotApproved`, `PlanDrifted`, `HashMismatch`, `PackageLockHeld`,
 * `PackageJobFailed`, `PackageJobTimedOut`, `PackageStateBroken`, `NotEnoughSpace`.
 */
export async function upgrade(
  context: StepContext,
  input: ChangeStepInput,
): Promise<InstallSummary> {
  const plan = await checkApproval(context, input);
  const part = plan.scope === 'all' ? plan : { changes: [], removals: [] };
  return installPlanned(context, input, 'upgrade', plan, part);
}
