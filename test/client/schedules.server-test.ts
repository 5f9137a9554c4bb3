import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type PatchcycleClient } from '../../src/client/index.ts';
import { RolloutView } from '../../src/domain/rollout.ts';
import { parseConfig } from '../../src/planning/config.ts';
import { openCycleBench, type CycleBench } from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { endingsOf, goodHosts, withFleet } from '../workflows/support/fleet.ts';

let bench: CycleBench;
let client: PatchcycleClient;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
  client = await connect({ address: bench.env.address });
});
afterAll(async () => {
  await client.close();
  await bench.stop();
});

const FILE = `policies:
  nightly:
    scope: all
    approval: { required: false }
    logs: { soak: 1s }
    schedule: { rrule: FREQ=DAILY, start: '01:30', timeZone: UTC }
    rollout: { waves: [1], soak: 1s }
hosts:
  due-1: { policy: nightly }
  due-2: { policy: nightly }
`;

function inventoryOf(text: string) {
  const parsed = parseConfig(text, 'patchcycle.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.config;
}

describe('what a schedule starts', () => {
  it('is a rollout that patches the hosts of the policy, wave by wave, without anybody', async () => {
    await client.applySchedules(await client.planSchedules(inventoryOf(FILE)), 'ada');
    await withFleet(bench, goodHosts('due', 2), async () => {
      const { workflowId } = await client.triggerSchedule('nightly');
      const result: unknown = await bench.env.client.workflow.getHandle(workflowId).result();
      const view = RolloutView.parse(result);
      expect(workflowId).toBe(`rollout/${view.name}`);
      expect(view.requestedBy).toBe('schedule nightly');
      expect(endingsOf(view)).toEqual({ 'due-1': 'patched', 'due-2': 'patched' });
    });
  });
});
