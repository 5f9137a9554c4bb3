import { backupNeeds } from '../src/backup/backup-space.ts';
import { treeRoot } from '../src/backup/tree-root.ts';
import type { DownloadSummary, PlannedStepInput } from '../src/domain/steps.ts';
import { archivesOf } from '../src/host/paths.ts';
import { plannedChanges } from './approved-plan.ts';
import { backupScope } from './backup-scope.ts';
import type { StepContext } from './context.ts';

/*
 * | step     | does                                                         | undo |
 * | -------- | ------------------------------------------------------------ | ---- |
 * | download | fetches every archive of the plan and compares it with it;   | none |
 * |          | refuses a change that would fill the host's disks            |      |
 */

/**
 * Fetches all archives before anything is touched; what is there already and matches is kept. Then
 * everything is known that needs room: what is unpacked, its backup, and a restore from that.
 * It is judged here, together, while the host still has its traffic.
 * Fails with `MirrorUnreachable`, `HashMismatch`, `VersionVanished`, `NotEnoughSpace`,
 * `PlanNotApproved`, `PlanDrifted`, `BadInput`, `BackupUnverifiable`.
 */
export async function download(
  context: StepContext,
  input: PlannedStepInput,
): Promise<DownloadSummary> {
  const { packages, paths, tools } = context;
  const plan = await plannedChanges(context, input);
  const archives = archivesOf(paths, input.cycle);
  const summary = await packages.download(plan.changes, archives);
  tools.progress('adding up what change, backup and restore need');
  const root = treeRoot('/');
  const scope = await backupScope(context, input, plan, root);
  const needs = await backupNeeds(root, scope, paths.stateDirectory);
  await packages.requireRoom(plan.changes, archives, needs);
  return summary;
}
