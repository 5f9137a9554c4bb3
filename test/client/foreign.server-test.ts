import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { connect, type PatchcycleClient } from '../../src/client/index.ts';
import { parseConfig } from '../../src/planning/config.ts';
import { patchWorkflowId, RECORD_MEMO, recordWorkflowId } from '../../src/temporal/names.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';

let env: TestWorkflowEnvironment;
let client: PatchcycleClient;
beforeAll(async () => {
  env = await devServerEnvironment();
  client = await connect({ address: env.address });
});
afterAll(async () => {
  await client.close();
  await env.teardown();
});

/** What nobody without the key can decode. */
const encrypted = (name: string) => ({
  fields: {
    [name]: {
      metadata: { encoding: Buffer.from('binary/encrypted') },
      data: Buffer.from('somebody knows'),
    },
  },
});

const FILE = `policies:
  nightly: { schedule: { rrule: FREQ=DAILY, start: '01:30', timeZone: UTC } }
hosts: { web-1: { policy: nightly } }
`;

async function until<T>(look: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await look();
    if (isThere(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('It never came');
}

async function startForeign(workflowId: string, name: string, memo: string): Promise<void> {
  await env.connection.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    requestId: workflowId,
    workflowType: { name },
    taskQueue: { name: 'foreign' },
    memo: encrypted(memo),
  });
}

describe('in a namespace where others keep what cannot be read', () => {
  it('schedules are applied and listed beside theirs', async () => {
    await env.connection.workflowService.createSchedule({
      namespace: 'default',
      scheduleId: 'foreign',
      requestId: 'foreign',
      memo: encrypted('patchcycle'),
      schedule: {
        spec: { interval: [{ interval: { seconds: 86_400 as never } }] },
        action: {
          startWorkflow: {
            workflowId: 'foreign',
            workflowType: { name: 'foreign' },
            taskQueue: { name: 'foreign' },
          },
        },
      },
    });
    const parsed = parseConfig(FILE, 'patchcycle.yaml');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    await client.applySchedules(await client.planSchedules(parsed.config), 'ada');
    const listed = await until(
      () => client.listSchedules(),
      (found) => found.length > 0,
    );
    expect(listed.map(({ name }) => name)).toEqual(['nightly']);
  });

  it('the fleet and its cycles are listed, with what somebody else started under their names', async () => {
    await startForeign(recordWorkflowId('odd-1'), 'hostRecord', RECORD_MEMO);
    await startForeign(patchWorkflowId('odd-2'), 'patchHost', 'note');
    const fleet = await until(
      () => client.listFleet(),
      (found) => found.length > 0,
    );
    expect(fleet.map(({ host, record }) => [host, record])).toEqual([['odd-2', null]]);
    const { entries } = await client.audit({ since: '2026-01-01', reports: '/nonexistent' });
    expect(entries.map(({ host, outcome }) => [host, outcome])).toEqual([['odd-2', 'running']]);
  });
});
