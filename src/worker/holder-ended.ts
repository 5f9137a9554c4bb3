import type { Context } from '@temporalio/activity';
import type { LockHolder } from '../host/lock.ts';

/** The holder of a lock is asked for while its successor waits; without an answer the lock holds. */
const ANSWER_MAX_MS = 5_000;

/** See temporal.api.enums.v1.WorkflowExecutionStatus. */
const COMPLETED = 2;

/**
 * Whether the server knows the workflow run that holds a host's lock as completed: it came to its
 * end by its own words, and could not give the lock back because the agent was away. One that was
 * terminated or has failed may have stopped in the middle of a change; that is a person's to judge.
 * The run's id is unique, so no other server can know it.
 */
export async function holderEnded(context: Context, holder: LockHolder): Promise<boolean> {
  const { client } = context;
  const { namespace, workflowId, runId } = holder;
  if (runId === undefined) return false;
  const answer = await client.connection
    .withDeadline(Date.now() + ANSWER_MAX_MS, () =>
      client.workflowService.describeWorkflowExecution({
        namespace,
        execution: { workflowId, runId },
      }),
    )
    // Another server's run, one of long ago, or credentials that may not read.
    .catch(() => null);
  return Number(answer?.workflowExecutionInfo?.status) === COMPLETED;
}
