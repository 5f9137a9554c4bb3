import type { DownloadSummary, PlannedStepInput } from '../src/domain/steps.ts';
import { archivesOf } from '../src/host/paths.ts';
import { plannedChanges } from './approved-plan.ts';
import type { StepContext } from './context.ts';

/*
 * | step     | does                                                         | undo |
 * | -------- | ------------------------------------------------------------ | ---- |
 * | download | fetches every archive of the plan and compares it with it    | none |
 */

/**
 * Fetches all archives before anything is touched; what is there already and matches is kept.
 * Fails with `MirrorUnreachable`, `HashMismatch`, `VersionVanished`, `NotEnoughSpace`,
 * `PlanNotApproved`, `PlanDrifted`.
 */
export async function download(
  context: StepContext,
  input: PlannedStepInput,
): Promise<DownloadSummary> {
  const plan = await plannedChanges(context, input);
  return context.packages.download(plan.changes, archivesOf(context.paths, input.cycle));
}
