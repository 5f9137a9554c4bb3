import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { notify } from '../../activities/control/notify.ts';
import type { Bulletin, GatherRules } from '../../src/domain/notice.ts';
import { CENTRAL_TASK_QUEUE, NOTIFICATIONS_WORKFLOW_ID } from '../../src/temporal/names.ts';
import { workflowBundle } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await devServerEnvironment();
});
afterAll(() => env.teardown());

const CHANNELS = Array.from({ length: 20 }, (_, index) => `channel-${index}`);
const NOTICES = 20;
const RULES: GatherRules = {
  gatherMs: 1_000,
  repeatMs: 1_000,
  perHour: 1,
  channels: CHANNELS.map((name) => ({ name, kinds: ['needs-attention'] })),
};

/** Something long that is like nothing else: twenty of them to twenty channels are more than Temporal takes at once. */
async function tell(index: number, perHour: number): Promise<void> {
  const about = `web-${index}`;
  const lines = Array.from({ length: 12 }, (_, line) => `${about} ${line} `.padEnd(350, '中'));
  await notify(
    env.client,
    { kind: 'needs-attention', about, subject: `${about} needs attention`, lines },
    {
      say: () => {},
      rules: { ...RULES, perHour },
      by: { run: { workflowId: `patch/${about}`, runId: about }, activityId: '1', attempt: 1 },
    },
  );
}

describe('a flood of long notices', () => {
  it.each([
    ['each by itself', 1_000],
    ['all in one', 1],
  ])('reaches twenty channels, %s', async (_, perHour) => {
    const reached = new Map<string, number>();
    // Without a worker they wait, and then come all at once.
    for (let index = 0; index < NOTICES; index++) await tell(index, perHour);
    const worker = await Worker.create({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      taskQueue: CENTRAL_TASK_QUEUE,
      workflowBundle: await workflowBundle(),
      activities: {
        async deliver({ channel, bulletin }: { channel: string; bulletin: Bulletin }) {
          const before = reached.get(channel) ?? 0;
          const told = bulletin.groups.length + bulletin.unnamed;
          reached.set(channel, before + told);
        },
      },
    });
    await worker.runUntil(async () => {
      for (let tries = 0; tries < 400; tries++) {
        const all = [...reached.values()];
        if (all.length === CHANNELS.length && all.every((told) => told === NOTICES)) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    await env.client.workflow.getHandle(NOTIFICATIONS_WORKFLOW_ID).terminate('the test is over');
    expect(Object.fromEntries(reached)).toEqual(
      Object.fromEntries(CHANNELS.map((name) => [name, NOTICES])),
    );
  });
});
