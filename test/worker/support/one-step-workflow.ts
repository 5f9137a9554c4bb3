import { proxyActivities } from '@temporalio/workflow';

/** Runs one step on one queue and answers what it answered. An agent that is gone is noticed after some seconds. */
export async function oneStep(step: string, taskQueue: string, input: unknown): Promise<unknown> {
  const activities = proxyActivities<Record<string, (input: unknown) => Promise<unknown>>>({
    taskQueue,
    startToCloseTimeout: '5m',
    heartbeatTimeout: '4s',
    retry: { initialInterval: '200ms', maximumInterval: '1s', maximumAttempts: 5 },
  });
  return activities[step]?.(input);
}
