import { setTimeout } from 'node:timers/promises';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { NamedPolicy } from '../../src/domain/policy.ts';
import { hostTaskQueue } from '../../src/temporal/names.ts';
import { modelHost } from '../../test/workflows/support/model-host.ts';

/** Value of temporal.api.enums.v1.TaskQueueType. */
const ACTIVITY_QUEUE = 2;
const ASK_AGAIN_MS = 50;
const CONNECTED_TIMEOUT_MS = 60_000;

/** Names of so many hosts: `web-0`, `web-1` ... */
export function hostNames(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** A policy of the benchmarks; people are not asked by default. */
export function benchPolicy(fields: Record<string, unknown> = {}): NamedPolicy {
  return NamedPolicy.parse({
    name: 'bench',
    scope: 'all',
    approval: { required: false },
    ...fields,
  });
}

/**
 * Runs the work while each of these hosts has an agent that polls as a real one does, with steps
 * that do nothing. They are connected before it begins, as a fleet's are for days.
 */
export async function withAgents<T>(
  connection: NativeConnection,
  hosts: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const agents: Worker[] = [];
  const running: Promise<void>[] = [];
  try {
    for (const host of hosts) {
      const agent = await Worker.create({
        connection,
        taskQueue: hostTaskQueue(host),
        activities: modelHost().activities,
        maxConcurrentActivityTaskExecutions: 1,
        maxConcurrentActivityTaskPolls: 1,
      });
      agents.push(agent);
      running.push(agent.run());
    }
    const connected = async () => {
      for (const host of hosts) await untilPolled(connection, hostTaskQueue(host));
      return work();
    };
    return await Promise.race([connected(), ...running.map(endedEarly)]);
  } finally {
    for (const agent of agents) if (agent.getState() === 'RUNNING') agent.shutdown();
    await Promise.allSettled(running);
  }
}

async function endedEarly(agent: Promise<void>): Promise<never> {
  await agent;
  throw new Error('An agent of the benchmark ended before its work was done');
}

async function untilPolled({ workflowService }: NativeConnection, name: string): Promise<void> {
  const question = { namespace: 'default', taskQueue: { name }, taskQueueType: ACTIVITY_QUEUE };
  const deadline = Date.now() + CONNECTED_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const { pollers } = await workflowService.describeTaskQueue(question);
    if (pollers?.length) return;
    await setTimeout(ASK_AGAIN_MS);
  }
  throw new Error(`No agent polls ${name} after ${CONNECTED_TIMEOUT_MS / 1_000} s`);
}
