import { NEVER_COVERED, resolveScope, type Scope } from '../src/backup/scope.ts';
import type { TreeRoot } from '../src/backup/tree-root.ts';
import type { Plan } from '../src/domain/plan.ts';
import type { StepInput } from '../src/domain/steps.ts';
import { archivesOf } from '../src/host/paths.ts';
import type { StepContext } from './context.ts';

/**
 * What a backup before this plan covers: the packages' footprint and the policy's paths, and nothing
 * of patchcycle's own. Reads the downloaded archives.
 */
export async function backupScope(
  { packages, paths }: StepContext,
  input: Pick<StepInput, 'cycle' | 'policy'>,
  plan: Plan,
  root: TreeRoot,
): Promise<Scope> {
  const archives = archivesOf(paths, input.cycle);
  const footprint = await packages.footprint(plan.changes, plan.removals, archives);
  return resolveScope(root, {
    footprint,
    policyPaths: input.policy.backup.paths,
    excluded: [...NEVER_COVERED, paths.stateDirectory, paths.archiveDirectory],
  });
}
