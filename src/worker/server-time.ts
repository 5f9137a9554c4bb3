import type { Context } from '@temporalio/activity';

/** The server keeps its own activities in memory; an answer that takes longer than this comes too late to tell the time. */
const ANSWER_MAX_MS = 5_000;

/**
 * The server's time at which this attempt of an activity began, to compare the host's clock with.
 * When the attempt was scheduled is no measure: it may have waited for the agent for many minutes.
 *
 * A server that does not tell leaves a bound only: the time of scheduling if the host's clock is
 * behind it, otherwise the host's own time, by which no clock is ever accused wrongly.
 */
export async function serverTime(context: Context, hostNow: Date = new Date()): Promise<string> {
  const started = await lastStartedTime(context);
  if (started !== null) return started.toISOString();
  const scheduled = new Date(context.info.currentAttemptScheduledTimestampMs);
  return (scheduled > hostNow ? scheduled : hostNow).toISOString();
}

async function lastStartedTime({ client, info }: Context): Promise<Date | null> {
  const { workflowExecution, activityId, namespace } = info;
  if (workflowExecution === undefined) return null;
  const answer = await client.connection
    .withDeadline(Date.now() + ANSWER_MAX_MS, () =>
      client.workflowService.describeWorkflowExecution({ namespace, execution: workflowExecution }),
    )
    // Not every agent's credentials may read; then the bound has to do.
    .catch(() => null);
  const pending = answer?.pendingActivities?.find((activity) => activity.activityId === activityId);
  const started = pending?.lastStartedTime;
  if (started?.seconds === undefined || started.seconds === null) return null;
  return new Date(Number(started.seconds) * 1_000 + (started.nanos ?? 0) / 1_000_000);
}
