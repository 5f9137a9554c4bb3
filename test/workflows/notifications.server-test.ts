import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { deliver } from '../../activities/control/deliver.ts';
import { notify } from '../../activities/control/notify.ts';
import { CentralConfig } from '../../src/domain/central-config.ts';
import { Gathering, type GatherRules, type NoticeInput } from '../../src/domain/notice.ts';
import {
  CENTRAL_TASK_QUEUE,
  MESSAGES,
  NOTIFICATIONS_WORKFLOW_ID,
  WORKFLOW_TYPES,
} from '../../src/temporal/names.ts';
import { gatherRules } from '../../src/worker/central-config.ts';
import { httpServer, type TestServer } from '../activities/support/servers.ts';
import { workflowBundle } from './support/cycle-bench.ts';
import { timeSkippingEnvironment } from './support/environments.ts';

const MINUTE_MS = 60_000;
const KEY_VARIABLE = 'PATCHCYCLE_TEST_KEY';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await timeSkippingEnvironment();
  process.env[KEY_VARIABLE] = 'a key';
});
afterAll(() => env.teardown());

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function receiver(status = 204) {
  const server = await httpServer((_, response) => response.writeHead(status).end());
  servers.push(server);
  const messages = () =>
    server.received.map(({ body }) => JSON.parse(body) as { subject: string; id: string });
  return { url: server.url, messages };
}

/** Runs the work while a central worker with these channels runs. */
async function withChannels<T>(urls: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const webhook = (url: string) => ({ type: 'webhook', url, secret: { env: KEY_VARIABLE } });
  const channels = Object.fromEntries(
    Object.entries(urls).map(([name, url]) => [name, webhook(url)]),
  );
  const config = CentralConfig.parse({ notifications: { perHour: 3, channels } });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: CENTRAL_TASK_QUEUE,
    workflowBundle: await workflowBundle(),
    // The time-skipping server leaves tasks with the queue of a worker that is gone; no run is kept by one.
    maxCachedWorkflows: 0,
    activities: {
      deliver: (input: Parameters<typeof deliver>[1]) =>
        deliver(config.notifications.channels, input, () => null),
    },
  });
  return worker.runUntil(work);
}

let runs = 0;
/** What the activity does on behalf of a cycle, without the cycle. */
async function tell(notice: NoticeInput, timing: Partial<GatherRules> = {}): Promise<void> {
  const channels = ['ops', 'night'].map((name) => ({ name, kinds: [notice.kind] }));
  const rules = {
    ...gatherRules(CentralConfig.parse({ notifications: { perHour: 3 } })),
    ...timing,
    channels,
  };
  const run = { workflowId: `patch/${notice.about}`, runId: `run-${(runs += 1)}` };
  await notify(env.client, notice, {
    say: () => {},
    rules,
    by: { run, activityId: '1', attempt: 1 },
  });
}

const attention = (about: string, alike: string): NoticeInput => ({
  kind: 'needs-attention',
  about,
  subject: `${about} needs attention`,
  alike,
});

const handle = () => env.client.workflow.getHandle(NOTIFICATIONS_WORKFLOW_ID);
const gathering = async () => Gathering.parse(await handle().query(MESSAGES.notifications));
/** It ends by itself when nothing is left to remember; time is skipped until then. */
const ended = () => handle().result();

describe('what the workflows of a namespace tell people', () => {
  it('is one message when a hundred hosts fail alike, and one more for what is different', async () => {
    const ops = await receiver();
    await withChannels({ ops: ops.url, night: ops.url }, async () => {
      for (let host = 0; host < 100; host++) await tell(attention(`web-${host}`, 'nginx is down'));
      await tell(attention('db-1', 'the disk is full'));
      await ended();
    });
    const subjects = ops.messages().map(({ subject }) => subject);
    expect(subjects.toSorted()).toEqual([
      '100 hosts need attention for the same reason',
      '100 hosts need attention for the same reason',
      'db-1 needs attention',
      'db-1 needs attention',
    ]);
  });

  it('reaches one channel though another fails, which is remembered and holds nothing up', async () => {
    const ops = await receiver();
    const night = await receiver(410);
    await withChannels({ ops: ops.url, night: night.url }, async () => {
      await tell(attention('web-1', 'nginx is down'));
      await env.sleep(2 * MINUTE_MS);
      const { troubles, waiting } = await gathering();
      expect(waiting).toEqual([]);
      expect(troubles).toMatchObject([{ channel: 'night', why: expect.stringContaining('410') }]);
      await ended();
    });
    expect(ops.messages()).toHaveLength(1);
    expect(night.messages()).toHaveLength(1);
  });

  it('is sent again to a channel that is away, under the same key, until that is given up', async () => {
    const ops = await receiver();
    const night = await receiver(503);
    await withChannels({ ops: ops.url, night: night.url }, async () => {
      await tell(attention('web-1', 'nginx is down'));
      await env.sleep(30 * MINUTE_MS);
      expect((await gathering()).troubles).toMatchObject([{ channel: 'night' }]);
      await ended();
    });
    expect(ops.messages()).toHaveLength(1);
    expect(night.messages().length).toBeGreaterThan(3);
    expect(new Set(night.messages().map(({ id }) => id)).size).toBe(1);
  });

  it('is no more than so many messages an hour, and the rest is one message', async () => {
    const ops = await receiver();
    await withChannels({ ops: ops.url, night: ops.url }, async () => {
      for (const host of ['a', 'b', 'c']) await tell(attention(host, host));
      await env.sleep(2 * MINUTE_MS);
      // More than an hour has room for, so that they are one message whenever each of the first three went out.
      for (const host of ['d', 'e', 'f', 'g']) await tell(attention(host, host));
      await env.sleep(30 * MINUTE_MS);
      expect(ops.messages()).toHaveLength(2 * 3);
      await ended();
    });
    const subjects = ops.messages().map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.startsWith('4 notices'))).toHaveLength(2);
    expect(subjects).toHaveLength(2 * 4);
  });

  it('survives that no central worker runs when it is due', async () => {
    const ops = await receiver();
    // The server skips no time while a task waits for a worker, so this time really passes.
    const soon = { gatherMs: 6_000 };
    await tell(attention('web-1', 'nginx is down'), soon);
    await withChannels({ ops: ops.url, night: ops.url }, async () => {
      await tell(attention('web-2', 'nginx is down'), soon);
      expect((await gathering()).waiting).toHaveLength(1);
    });
    await sleep(soon.gatherMs);
    expect(ops.messages()).toEqual([]);
    await withChannels({ ops: ops.url, night: ops.url }, () => ended());
    expect(ops.messages()[0]?.subject).toBe('2 hosts need attention for the same reason');
  });

  it('goes on from one run of the workflow to the next', async () => {
    const ops = await receiver();
    await withChannels({ ops: ops.url, night: ops.url }, async () => {
      await tell(attention('web-1', 'nginx is down'));
      const carried = await gathering();
      await handle().terminate('as if a run were full');
      await env.client.workflow.start(WORKFLOW_TYPES.notifications, {
        workflowId: NOTIFICATIONS_WORKFLOW_ID,
        taskQueue: CENTRAL_TASK_QUEUE,
        args: [carried],
      });
      await tell(attention('web-2', 'nginx is down'));
      await ended();
    });
    expect(ops.messages()[0]?.subject).toBe('2 hosts need attention for the same reason');
  });

  it('is not broken by messages that are no notices', async () => {
    const ops = await receiver();
    await withChannels({ ops: ops.url, night: ops.url }, async () => {
      await tell(attention('web-1', 'nginx is down'));
      await handle().signal(MESSAGES.notice, { id: 'x' });
      await handle().signal(MESSAGES.notice, 'x'.repeat(100_000));
      expect((await gathering()).refusedCount).toBe(2);
      await ended();
    });
    expect(ops.messages()).toHaveLength(2);
  });

  it('has neither an address nor a secret in its history', async () => {
    const ops = await receiver(500);
    await withChannels({ ops: ops.url, night: ops.url }, async () => {
      await tell(attention('web-1', 'nginx is down'));
      await ended();
    });
    const text = JSON.stringify(await handle().fetchHistory());
    const payloads = [...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    );
    expect(text + payloads.join(' ')).not.toMatch(/127\.0\.0\.1|a key/);
  });
});
