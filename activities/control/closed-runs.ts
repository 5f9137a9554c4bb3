import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, WorkflowNotFoundError } from '@temporalio/common';
import { Outcome } from '../../src/domain/outcome.ts';
import type { ClosedRun, WorkflowRun } from '../../src/domain/steps.ts';

const OUTCOME = defineSearchAttributeKey('PatchOutcome', 'KEYWORD');

/** Thousands of runs, each a question over the network, have to be looked through within a minute. */
const ASKED_AT_ONCE = 25;

/** Those of these runs that are over, with how they ended; `unknown` where Temporal has forgotten them. */
export async function closedRuns(
  client: Client,
  runs: readonly WorkflowRun[],
): Promise<ClosedRun[]> {
  const closed: ClosedRun[] = [];
  for (let first = 0; first < runs.length; first += ASKED_AT_ONCE) {
    const asked = runs.slice(first, first + ASKED_AT_ONCE);
    const answers = await Promise.all(asked.map((run) => closedRun(client, run)));
    closed.push(...answers.filter((one) => one !== null));
  }
  return closed;
}

async function closedRun(client: Client, run: WorkflowRun): Promise<ClosedRun | null> {
  const handle = client.workflow.getHandle(run.workflowId, run.runId);
  try {
    const { status, typedSearchAttributes } = await handle.describe();
    if (status.name === 'RUNNING') return null;
    const outcome = Outcome.safeParse(typedSearchAttributes.get(OUTCOME));
    return {
      ...run,
      status: status.name.toLowerCase(),
      ...(outcome.success ? { outcome: outcome.data } : {}),
    };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return { ...run, status: 'unknown' };
  }
}
