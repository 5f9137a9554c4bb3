import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, WorkflowNotFoundError } from '@temporalio/common';
import { Outcome } from '../../src/domain/outcome.ts';
import type { ClosedRun, WorkflowRun } from '../../src/domain/steps.ts';

const OUTCOME = defineSearchAttributeKey('PatchOutcome', 'KEYWORD');

/** Those of these runs that are over, with how they ended; `unknown` where Temporal has forgotten them. */
export async function closedRuns(
  client: Client,
  runs: readonly WorkflowRun[],
): Promise<ClosedRun[]> {
  const closed: ClosedRun[] = [];
  for (const run of runs) {
    const handle = client.workflow.getHandle(run.workflowId, run.runId);
    try {
      const { status, typedSearchAttributes } = await handle.describe();
      if (status.name === 'RUNNING') continue;
      const outcome = Outcome.safeParse(typedSearchAttributes.get(OUTCOME));
      closed.push({
        ...run,
        status: status.name.toLowerCase(),
        ...(outcome.success ? { outcome: outcome.data } : {}),
      });
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      closed.push({ ...run, status: 'unknown' });
    }
  }
  return closed;
}
