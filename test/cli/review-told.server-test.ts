import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { isSigned } from '../../examples/receive-webhook.ts';
import type { ReviewSummary } from '../../src/client/index.ts';
import {
  NOTIFICATIONS_WORKFLOW_ID,
  REVIEW_WORKFLOW_ID,
  SEARCH_ATTRIBUTES,
} from '../../src/temporal/names.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../src/temporal/server/index.ts';
import { httpServer, type Received } from '../activities/support/servers.ts';
import { until } from '../host/support/processes.ts';
import { TEST_BUNDLE } from '../support/bundle-workflows.ts';
import { documentOf, run } from './support/memory-io.ts';

const { History } = proto.temporal.api.history.v1;
const CENTRAL = join(import.meta.dirname, '../worker/support/test-central.ts');
const KEY = 'the-key-that-both-sides-know';
const INVENTORY = `policies:
  ordinary: { scope: all, review: { owner: ada } }
hosts:
  web-1: { policy: ordinary }
  web-2: { policy: ordinary }
`;

const isSignedBy = (key: string, { body, headers }: Received) =>
  isSigned(body, String(headers['patchcycle-signature']), key);

let directory: string;
let server: EmbeddedServer;
let receiver: Awaited<ReturnType<typeof httpServer>>;
let central: ChildProcess;
let said = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-told-'));
  receiver = await httpServer((_, response) => {
    const last = receiver.received.at(-1);
    response.writeHead(last !== undefined && isSignedBy(KEY, last) ? 204 : 401).end();
  });
  server = await startEmbeddedServer({
    uiPort: null,
    searchAttributes: SEARCH_ATTRIBUTES,
    log: () => {},
  });
  const channel = `{ type: webhook, url: "${receiver.url}", secret: { env: HOOK_KEY } }`;
  const configFile = join(directory, 'central.yaml');
  await writeFile(configFile, `notifications: { gather: 1s, channels: { ops: ${channel} } }\n`);
  await writeFile(join(directory, 'patchcycle.yaml'), INVENTORY);
  const bundle = process.env[TEST_BUNDLE] ?? '';
  central = spawn(process.execPath, [CENTRAL, server.address, bundle, join(directory, 'reports')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATCHCYCLE_CONFIG: configFile, HOOK_KEY: KEY },
  });
  central.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
});
afterAll(async () => {
  if (central.exitCode === null) {
    central.kill('SIGKILL');
    await once(central, 'exit');
  }
  await server.stop();
  await receiver.close();
  await rm(directory, { recursive: true });
});

describe('a review of the fleet that finds something', () => {
  it('is told to the webhook, signed with the key, and the key is in no history', async () => {
    const argv = ['policy', 'review', '--by', 'ada', '--json', '--address', server.address];
    const { counts } = documentOf(
      await run(argv, { workingDirectory: directory }),
    ) as ReviewSummary;
    expect(counts).toEqual({ 'not-patched': 2, 'not-heard-of': 2, 'policy-not-reviewed': 1 });

    await until(
      `somebody is told; the worker said: ${said}`,
      async () => receiver.received.length > 0,
    );
    expect(receiver.received).toHaveLength(1);
    const [told] = receiver.received as [Received];
    expect(isSignedBy(KEY, told)).toBe(true);
    expect(isSignedBy('another key', told)).toBe(false);
    expect(isSignedBy(KEY, { ...told, body: told.body.replace('5', '0') })).toBe(false);
    const message = JSON.parse(told.body) as Record<string, unknown>;
    expect(told.headers['idempotency-key']).toBe(message['id']);
    expect(message).toMatchObject({
      subject: 'the review of the fleet has 5 findings',
      notices: [
        {
          kind: 'review-findings',
          lines: [expect.stringMatching(/not-patched: 2/), expect.stringMatching(/\.html$/)],
        },
      ],
    });

    const connection = await Connection.connect({ address: server.address });
    const { workflow } = new Client({ connection });
    for (const workflowId of [REVIEW_WORKFLOW_ID, NOTIFICATIONS_WORKFLOW_ID]) {
      const history = await workflow.getHandle(workflowId).fetchHistory();
      const written = Buffer.from(History.encode(history).finish());
      expect(written.includes('findings')).toBe(true);
      expect(written.includes(KEY)).toBe(false);
    }
    await connection.close();
  });
});
