import { durationMs } from '../src/domain/duration.ts';
import type { Change, Plan, Removal } from '../src/domain/plan.ts';
import type { ChangeStepInput, InstallSummary } from '../src/domain/steps.ts';
import { archivesOf } from '../src/host/paths.ts';
import type { StepContext } from './context.ts';

/**
 * Runs of the package tool in one step: one that is cut off is healed and done again, a second
 * interruption too. A maintainer script that fails does so three times within a minute.
 */
const ATTEMPTS_MAX = 3;

export type PlannedPart = { changes: readonly Change[]; removals: readonly Removal[] };

/**
 * Installs a part of the approved plan; the tool may pull forward what is in the rest of it. Running
 * it again, also after a crash, brings the host to the same end.
 */
export async function installPlanned(
  context: StepContext,
  input: ChangeStepInput,
  jobPrefix: string,
  plan: Plan,
  { changes, removals }: PlannedPart,
): Promise<InstallSummary> {
  if (changes.length === 0 && removals.length === 0) {
    return { installed: 0, healed: 0, leftAside: [] };
  }
  return context.packages.install({
    changes,
    removals,
    allowed: plan.changes,
    directory: archivesOf(context.paths, input.cycle),
    jobPrefix,
    configFiles: input.policy.configFiles,
    attemptsMax: ATTEMPTS_MAX,
    deadlineMs: durationMs(input.policy.limits.packageJob),
  });
}
