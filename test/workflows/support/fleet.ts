import type { WorkflowHandle } from '@temporalio/client';
import { CycleView } from '../../../src/domain/cycle.ts';
import type { RolloutDecision } from '../../../src/domain/rollout-decision.ts';
import { RolloutView, type RolloutInput } from '../../../src/domain/rollout.ts';
import {
  CENTRAL_TASK_QUEUE,
  MESSAGES,
  patchWorkflowId,
  rolloutWorkflowId,
  WORKFLOW_TYPES,
} from '../../../src/temporal/names.ts';
import { policyOf, type CycleBench } from './cycle-bench.ts';
import { modelHost, type Model } from './model-host.ts';

export type Fleet = Record<string, Model>;

/** So many good model hosts: `web-1`, `web-2` ... */
export function goodHosts(prefix: string, count: number): Fleet {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${prefix}-${index + 1}`, modelHost()]),
  );
}

/** Runs the work while the agents of all these hosts poll, and ends what is left running. */
export async function withFleet<T>(
  bench: CycleBench,
  fleet: Fleet,
  work: () => Promise<T>,
): Promise<T> {
  const hosts = Object.entries(fleet);
  const settled = async () => {
    const result = await work();
    await Promise.all(hosts.map(([host]) => untilClosed(bench, patchWorkflowId(host))));
    return result;
  };
  const nested = hosts.reduceRight<() => Promise<T>>(
    (inner, [host, model]) =>
      () =>
        bench.withAgent(host, model, inner),
    settled,
  );
  try {
    return await nested();
  } finally {
    for (const [host] of hosts) await terminate(bench, patchWorkflowId(host));
  }
}

/**
 * Waits for a cycle that is about to end by itself. One that is ended from outside in the middle of
 * a step would make the time-skipping server stand still for good.
 */
async function untilClosed({ env }: CycleBench, workflowId: string): Promise<void> {
  const cycle = env.client.workflow.getHandle(workflowId);
  for (let tries = 0; tries < 500; tries++) {
    const description = await cycle.describe().catch((error: Error) => {
      if (error.name !== 'WorkflowNotFoundError') throw error;
      return null;
    });
    if (description?.status.name !== 'RUNNING') return;
    const { state } = CycleView.parse(await cycle.query(MESSAGES.cycle));
    if (state.name !== 'reporting' && state.name !== 'ended') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${workflowId} does not come to its end`);
}

export async function terminate({ env }: CycleBench, workflowId: string): Promise<void> {
  await env.client.workflow
    .getHandle(workflowId)
    .terminate('the test is over')
    .catch((error: Error) => {
      if (error.name !== 'WorkflowNotFoundError') throw error;
    });
}

/** A rollout's input from its waves and what the test is about. */
export function rolloutOf(
  waves: readonly (readonly string[])[],
  fields: Partial<RolloutInput> & { policy?: Record<string, unknown>; groups?: string[] } = {},
): RolloutInput {
  const { policy = {}, groups = [], ...rest } = fields;
  return {
    requestedBy: 'tester',
    policies: [policyOf(policy)],
    budgets: [],
    waves: waves.map((hosts) => hosts.map((host) => ({ host, policy: 0, groups }))),
    ...{ soak: '0s', halt: 1, approval: 'host', atOnce: 50 },
    ...rest,
  };
}

export async function startRollout(
  { env }: CycleBench,
  name: string,
  input: unknown,
): Promise<WorkflowHandle> {
  return env.client.workflow.start(WORKFLOW_TYPES.rollout, {
    taskQueue: CENTRAL_TASK_QUEUE,
    workflowId: rolloutWorkflowId(name),
    args: [input],
  });
}

export async function viewOf(handle: WorkflowHandle): Promise<RolloutView> {
  return RolloutView.parse(await handle.query(MESSAGES.rollout));
}

export function decide(handle: WorkflowHandle, decision: RolloutDecision): Promise<string> {
  return handle.executeUpdate<string, [RolloutDecision]>(MESSAGES.decide, { args: [decision] });
}

/** Looks at the rollout until it is there; fails with where it came instead. */
export async function untilRollout(
  handle: WorkflowHandle,
  isThere: (view: RolloutView) => boolean,
): Promise<RolloutView> {
  for (let tries = 0; tries < 400; tries++) {
    const view = await viewOf(handle);
    if (isThere(view)) return view;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The rollout never came there, but to ${JSON.stringify(await viewOf(handle))}`);
}

export function endingsOf({ members }: RolloutView): Record<string, string> {
  return Object.fromEntries(
    members.map(({ host, standing }) => [
      host,
      standing.is === 'ended' ? standing.ending : standing.is,
    ]),
  );
}
