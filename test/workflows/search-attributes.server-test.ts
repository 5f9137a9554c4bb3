import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { MESSAGES } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';
import { modelHost } from './support/model-host.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
});
afterAll(() => bench.stop());

/** By name, as people find the cycle in Temporal's Web UI. */
async function attributesOf(cycle: WorkflowHandle): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await cycle.describe();
  const pairs = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value] as const);
  return Object.fromEntries(pairs);
}

async function untilState(cycle: WorkflowHandle, state: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 300; tries++) {
    const attributes = await attributesOf(cycle);
    if (attributes['PatchState'] === state) return attributes;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The cycle was never found as ${state}`);
}

describe('a cycle is found', () => {
  it('by what its plan has, how it ended and for whom, when it has patched its host', async () => {
    await bench.withAgent('web-1', modelHost(), async () => {
      const input = inputFor('web-1', policyOf(), { groups: ['web'] });
      const cycle = await bench.start(input);
      await cycle.result();
      expect(await attributesOf(cycle)).toMatchObject({
        ...{ PatchHost: 'web-1', PatchGroup: 'web', PatchPolicy: 'test' },
        ...{ PatchState: 'ended', PatchOutcome: 'patched' },
        ...{ PatchPackages: 2, PatchSecurityUpdates: 2 },
      });
    });
  });

  it('by its plan also when there was nothing to do', async () => {
    const model = modelHost();
    model.offer.changes = 0;
    await bench.withAgent('web-2', model, async () => {
      const cycle = await bench.start(inputFor('web-2', policyOf()));
      await cycle.result();
      expect(await attributesOf(cycle)).toMatchObject({
        ...{ PatchState: 'ended', PatchOutcome: 'up-to-date', PatchPackages: 0 },
      });
    });
  });

  it('by the window that it waits for, and no more by that when it is aborted', async () => {
    const window = { rrule: 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1', start: '02:00', duration: '4h' };
    const policy = policyOf({ window: { ...window, timeZone: 'UTC' } });
    await bench.withAgent('web-3', modelHost(), async () => {
      const cycle = await bench.start(inputFor('web-3', policy));
      const waiting = await untilState(cycle, 'awaiting-window');
      expect(waiting).toMatchObject({ PatchWindowStart: expect.any(Date), PatchPackages: 2 });
      await cycle.signal(MESSAGES.abort, { by: 'ada', why: 'wrong year' });
      await cycle.result();
      const ended = await attributesOf(cycle);
      expect(ended).toMatchObject({ PatchState: 'ended', PatchOutcome: 'aborted' });
      expect(ended['PatchWindowStart']).toBeUndefined();
    });
  });
});
