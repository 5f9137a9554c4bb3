import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { CycleView } from '../../src/domain/cycle.ts';
import type { Report } from '../../src/domain/report.ts';
import { MESSAGES } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';
import { modelHost } from './support/model-host.ts';

type Payload = { metadata?: Record<string, Uint8Array>; data?: Uint8Array };

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
});
afterAll(() => bench.stop());

/** Bytes exactly as given, which the SDK's own client would not send. */
async function sendRaw(
  { workflowId }: WorkflowHandle,
  signalName: string,
  payloads: Payload[],
): Promise<void> {
  const { connection, namespace = 'default' } = bench.env;
  await connection.workflowService.signalWorkflowExecution({
    namespace,
    workflowExecution: { workflowId },
    signalName,
    input: { payloads },
    requestId: randomUUID(),
  });
}

async function updateRaw({ workflowId }: WorkflowHandle, payloads: Payload[]) {
  const { connection, namespace = 'default' } = bench.env;
  return connection.workflowService.updateWorkflowExecution({
    namespace,
    workflowExecution: { workflowId },
    waitPolicy: { lifecycleStage: 3 },
    request: {
      meta: { updateId: randomUUID() },
      input: { name: MESSAGES.decide, args: { payloads } },
    },
  });
}

async function until(handle: WorkflowHandle, good: (now: CycleView) => boolean) {
  for (let tries = 0; tries < 40; tries++) {
    const now = await handle.query<CycleView>(MESSAGES.cycle);
    if (good(now)) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The cycle never came to what was waited for');
}

const payload = (encoding: string, data: string): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
});
const json = (data: string) => payload('json/plain', data);
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const good = json('{"by":"eve","digest":"x"}');

const BAD: [string, Payload[], RegExp][] = [
  // Where writing JSON overflows depends on the stack; some of these are only too long.
  ['nested 5,000 levels deep', [json(nested(5_000))], /nested|characters/],
  ['nested 12,000 levels deep', [json(nested(12_000))], /nested|characters/],
  ['nested deeply in a field', [json(`{"by":${nested(8_000)}}`)], /nested|characters/],
  ['nested 200,000 levels deep', [json(nested(200_000))], /bytes/],
  ['in an unknown encoding', [payload('json/encrypted', 'abc')], /cannot be read/],
  ['that calls itself JSON and is not', [json('{"by": "eve"')], /cannot be read/],
  ['that calls itself JSON and is empty', [json('')], /cannot be read/],
  ['that does not say what it is', [{ data: Buffer.from('{}') }], /cannot be read/],
  ['in bytes', [payload('binary/plain', 'x'.repeat(10_000))], /./],
  ['of a megabyte', [json(JSON.stringify('x'.repeat(1_000_000)))], /bytes/],
  ['followed by one that cannot be read', [good, payload('json/encrypted', 'abc')], /digest/],
  ['in 900,000 pieces', Array.from({ length: 900_000 }, () => ({})), /./],
];

/** Runs the work on a cycle that waits for approval; it must still take a good one afterwards. */
async function withWaitingCycle(work: (handle: WorkflowHandle) => Promise<void>): Promise<Report> {
  const name = `raw-${randomUUID().slice(0, 8)}`;
  const policy = policyOf({ approval: { required: true, expires: '1h' } });
  return bench.withAgent(name, modelHost(), async () => {
    const handle = await bench.start(inputFor(name, policy));
    try {
      const { plan } = await until(handle, ({ state }) => state.name === 'awaiting-approval');
      await work(handle);
      await handle.signal(MESSAGES.approve, { by: 'ada', digest: plan?.digest });
      return (await handle.result()) as Report;
    } finally {
      await handle.terminate('the test is over').catch((error: Error) => {
        if (error.name !== 'WorkflowNotFoundError') throw error;
      });
    }
  });
}

describe('a signal', () => {
  it.each(BAD)(
    '%s is refused, recorded, and the cycle goes on to a good approval',
    async (_, payloads, why) => {
      const report = await withWaitingCycle(async (handle) => {
        await sendRaw(handle, MESSAGES.approve, payloads);
        await until(handle, ({ refusedCount }) => refusedCount === 1);
      });
      expect(report).toMatchObject({
        outcome: 'patched',
        refused: [{ kind: 'approve', why: expect.stringMatching(why) }],
        refusedCount: 1,
      });
    },
  );
});

describe('an update', () => {
  it.each(BAD)('%s is refused, and the cycle goes on to a good approval', async (_, payloads) => {
    const report = await withWaitingCycle(async (handle) => {
      const { outcome } = await updateRaw(handle, payloads);
      expect(outcome?.failure?.message).toBeTruthy();
      expect(outcome?.success).toBeFalsy();
    });
    expect(report).toMatchObject({ outcome: 'patched', refusedCount: 0 });
    expect(report.decisions).toHaveLength(1);
  });
});
