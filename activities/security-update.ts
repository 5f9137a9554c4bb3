import type { ChangeStepInput, InstallSummary } from '../src/domain/steps.ts';
import { checkApproval } from './approved-plan.ts';
import type { StepContext } from './context.ts';
import { installPlanned } from './install-planned.ts';

/*
 * | step            | does                                                      | undo                  |
 * | --------------- | --------------------------------------------------------- | --------------------- |
 * | security-update | installs the plan's security changes, exactly those       | restore in restore.ts |
 * |                 | versions; after `upgrade` it proves that all are in place |                       |
 */

/**
 * Fails with `PlanNotApproved`, `PlanDrifted`, `HashMismatch`, `PackageLockHeld`,
 * `PackageJobFailed`, `PackageJobTimedOut`, `PackageStateBroken`, `NotEnoughSpace`.
 */
export async function securityUpdate(
  context: StepContext,
  input: ChangeStepInput,
): Promise<InstallSummary> {
  const plan = await checkApproval(context, input);
  const changes = plan.changes.filter(({ security }) => security);
  const removals = plan.scope === 'security' ? plan.removals : [];
  return installPlanned(context, input, 'security-update', plan, { changes, removals });
}
