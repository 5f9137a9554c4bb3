import { defineSearchAttributeKey } from '@temporalio/common';
import { rolloutNameOf, WORKFLOW_TYPES } from '../../temporal/names.ts';
import { exchange } from '../exchange.ts';
import { linkTo } from '../links.ts';
import type { Session } from '../session.ts';

/** One rollout of the list, as Temporal's visibility shows it, a second or so late. */
export type RolloutSummary = {
  name: string;
  link: string | null;
  running: boolean;
  /** A state of the rollout, or how its workflow was ended from outside. */
  state: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  closedAt: string | null;
};

const LISTED_MAX = 1_000;
const LIST_TIMEOUT_MS = 30_000;
const STATE = defineSearchAttributeKey('PatchState', 'KEYWORD');

/** The latest rollout of every name, those that began last first. Throws TemporalUnreachable, TemporalRefused. */
export async function listRollouts(session: Session): Promise<RolloutSummary[]> {
  const latest = new Map<string, RolloutSummary>();
  const collect = async () => {
    // Runs that carried on in another one are no rollouts of their own.
    const query = `WorkflowType = '${WORKFLOW_TYPES.rollout}' AND ExecutionStatus != 'ContinuedAsNew'`;
    let seen = 0;
    for await (const run of session.client.workflow.list({ query })) {
      const name = rolloutNameOf(run.workflowId);
      const known = name === null ? undefined : latest.get(name);
      const startedAt = run.startTime.toISOString();
      if (name !== null && (known === undefined || known.startedAt < startedAt)) {
        const running = run.status.name === 'RUNNING';
        const ended = run.status.name === 'COMPLETED' ? 'ended' : run.status.name.toLowerCase();
        latest.set(name, {
          ...{ name, running, startedAt },
          link: linkTo(session, run.workflowId, run.runId),
          state: running ? (run.typedSearchAttributes.get(STATE) ?? 'starting') : ended,
          closedAt: run.closeTime?.toISOString() ?? null,
        });
      }
      if (++seen >= LISTED_MAX) break;
    }
  };
  await exchange(session, 'listing the rollouts', collect, LIST_TIMEOUT_MS);
  return [...latest.values()].sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1));
}
