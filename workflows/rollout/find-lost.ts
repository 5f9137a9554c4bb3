import type { RolloutMember } from '../../src/domain/rollout.ts';
import { patchWorkflowId } from '../../src/temporal/names.ts';
import { findClosed } from '../find-closed.ts';
import { concludeRun } from './start-hosts.ts';
import type { Rollout } from './state.ts';

/**
 * Finds cycles that were ended from outside and so told nobody. Within the run that started them
 * Temporal tells; this is for those that an earlier run of the rollout started.
 */
export async function findLost(rollout: Rollout): Promise<void> {
  const running = new Map<string, RolloutMember>();
  for (const member of rollout.progress.members) {
    if (member.standing.is === 'running') running.set(member.standing.runId, member);
  }
  if (running.size === 0) return;
  const runs = [...running].map(([runId, { host }]) => ({
    workflowId: patchWorkflowId(host),
    runId,
  }));
  for (const { runId, outcome } of (await findClosed(runs)) ?? []) {
    const member = running.get(runId);
    if (member !== undefined) concludeRun(rollout, member, runId, outcome ?? 'lost');
  }
}
