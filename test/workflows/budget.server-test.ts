import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { askForSlot } from '../../activities/control/ask-for-slot.ts';
import type { CycleView } from '../../src/domain/cycle.ts';
import type { Budget } from '../../src/domain/group.ts';
import type { Report } from '../../src/domain/report.ts';
import { SlotBook } from '../../src/domain/slot.ts';
import { budgetWorkflowId, MESSAGES, patchWorkflowId } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';
import {
  decide,
  endingsOf,
  goodHosts,
  rolloutOf,
  startRollout,
  untilRollout,
  withFleet,
  type Fleet,
} from './support/fleet.ts';
import { modelHost, type Fault } from './support/model-host.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
});
afterAll(() => bench.stop());

const HOLDS = { onFailure: 'hold' };
const BROKEN: Fault = { step: 'verify', kind: 'throws-for-good', type: 'HealthWorse', times: 1 };

const bookOf = async (group: string) =>
  SlotBook.parse(
    await bench.env.client.workflow.getHandle(budgetWorkflowId(group)).query(MESSAGES.budget),
  );

const budget = (group: string, slots: number): Budget => ({ group, slots });

const startWith = (budgets: Budget[], host: string, policy = {}) =>
  bench.start(
    inputFor(host, policyOf(policy), { groups: budgets.map(({ group }) => group), budgets }),
  );

const startIn = (group: string, slots: number, host: string, policy = {}) =>
  startWith([budget(group, slots)], host, policy);

async function until(
  handle: WorkflowHandle,
  isThere: (view: CycleView) => boolean,
): Promise<CycleView> {
  for (let tries = 0; tries < 400; tries++) {
    const view = await handle.query<CycleView>(MESSAGES.cycle);
    if (isThere(view)) return view;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`It never came there: ${JSON.stringify(await handle.query(MESSAGES.cycle))}`);
}

const isAt = (name: CycleView['state']['name']) => (view: CycleView) => view.state.name === name;

const waitsBehind =
  (host: string) =>
  ({ state }: CycleView) =>
    state.name === 'awaiting-slot' && state.missing.some(({ heldBy }) => heldBy.includes(host));

/** The most hosts that were drained at the same moment, watched from inside their steps. */
function watchDisruption(fleet: Fleet): { most: number } {
  const seen = { most: 0 };
  for (const { activities } of Object.values(fleet)) {
    const verify = activities.verify.bind(activities);
    activities.verify = async (input) => {
      const drained = Object.values(fleet).filter(({ host }) => host.drained).length;
      seen.most = Math.max(seen.most, drained);
      return verify(input);
    };
  }
  return seen;
}

describe('a disruption budget', () => {
  it('bounds how many hosts of a group a rollout disrupts at once', async () => {
    const fleet = goodHosts('budget', 5);
    const seen = watchDisruption(fleet);
    await withFleet(bench, fleet, async () => {
      const input = rolloutOf([Object.keys(fleet)], {
        groups: ['web'],
        budgets: [{ group: 'web', slots: 2 }],
      });
      const handle = await startRollout(bench, 'in-budget', input);
      const view = await untilRollout(handle, ({ state }) => state.name === 'ended');
      expect(new Set(Object.values(endingsOf(view)))).toEqual(new Set(['patched']));
      expect(seen.most).toBe(2);
    });
  });

  it('binds cycles that people start by hand as well, and says who holds the slots', async () => {
    const fleet = { 'pair-1': modelHost([BROKEN]), 'pair-2': modelHost() };
    await withFleet(bench, fleet, async () => {
      const first = await startIn('pair', 1, 'pair-1', HOLDS);
      await until(first, isAt('needs-attention'));
      const second = await startIn('pair', 1, 'pair-2');
      const waits = await until(
        second,
        ({ state }) => state.name === 'awaiting-slot' && state.missing[0]?.heldBy.length === 1,
      );
      expect(waits.state).toMatchObject({ missing: [{ group: 'pair', heldBy: ['pair-1'] }] });
      expect(fleet['pair-2'].host.drained).toBe(false);
      await first.signal(MESSAGES.resolve, { by: 'ada', how: 'retry' });
      expect((await first.result()) as Report).toMatchObject({ outcome: 'patched' });
      expect((await second.result()) as Report).toMatchObject({ outcome: 'patched' });
    });
  });

  it('lets an aborted wait end at once, with nothing held and nothing changed', async () => {
    const fleet = { 'wait-1': modelHost([BROKEN]), 'wait-2': modelHost() };
    await withFleet(bench, fleet, async () => {
      const first = await startIn('waits', 1, 'wait-1', HOLDS);
      await until(first, isAt('needs-attention'));
      const second = await startIn('waits', 1, 'wait-2');
      await until(second, isAt('awaiting-slot'));
      await second.signal(MESSAGES.abort, { by: 'ada' });
      expect((await second.result()) as Report).toMatchObject({ outcome: 'aborted' });
      const { holders, queue } = await bookOf('waits');
      expect(holders.map(({ host }) => host)).toEqual(['wait-1']);
      expect(queue).toEqual([]);
      await first.signal(MESSAGES.resolve, { by: 'ada', how: 'accept' });
      await first.result();
    });
  });

  it('keeps the slot of a host whose cycle is gone until a person frees it, and says so', async () => {
    const fleet = { 'gone-1': modelHost([BROKEN]), 'gone-2': modelHost() };
    await withFleet(bench, fleet, async () => {
      const first = await startIn('gone', 1, 'gone-1', HOLDS);
      await until(first, isAt('needs-attention'));
      const second = await startIn('gone', 1, 'gone-2');
      await until(second, isAt('awaiting-slot'));
      const book = bench.env.client.workflow.getHandle(budgetWorkflowId('gone'));
      const free = (host: string) =>
        book.executeUpdate(MESSAGES.freeSlot, {
          args: [{ host, by: 'ada', why: 'I looked, it is well' }],
        });
      await expect(free('gone-1')).rejects.toMatchObject({
        cause: { message: expect.stringContaining('the cycle of gone-1 runs') },
      });
      await first.terminate();
      expect((await bookOf('gone')).holders).toHaveLength(1);
      await free('gone-1');
      expect(bench.notices.map(({ subject }) => subject)).toContainEqual(
        expect.stringContaining('gone-1 holds a slot of gone though its cycle is over'),
      );
      expect((await second.result()) as Report).toMatchObject({ outcome: 'patched' });
      expect((await bookOf('gone')).freed).toMatchObject([{ host: 'gone-1', by: 'ada' }]);
    });
  });

  it('is taken up by the next cycle of a host that was left behind, and freed when that one is well', async () => {
    const fleet = { 'next-1': modelHost([BROKEN]) };
    await withFleet(bench, fleet, async () => {
      const first = await startIn('next', 1, 'next-1', HOLDS);
      await until(first, isAt('needs-attention'));
      await first.terminate();
      Object.assign(fleet['next-1'].host, { lockedBy: null, packages: 'old', drained: false });
      const second = await startIn('next', 1, 'next-1');
      expect((await second.result()) as Report).toMatchObject({ outcome: 'patched' });
      expect((await bookOf('next')).holders).toEqual([]);
    });
  });

  it('is waited for in one order by all: no two hosts wait for each other in a circle', async () => {
    const fleet = { 'ring-1': modelHost([BROKEN]), 'ring-2': modelHost(), 'ring-3': modelHost() };
    const [a, b] = [budget('ring-a', 1), budget('ring-b', 1)];
    await withFleet(bench, fleet, async () => {
      const holder = await startWith([a], 'ring-1', HOLDS);
      await until(holder, isAt('needs-attention'));
      const one = await startWith([a, b], 'ring-2');
      await until(one, waitsBehind('ring-1'));
      const other = await startWith([b, a], 'ring-3');
      await until(other, waitsBehind('ring-1'));
      await holder.signal(MESSAGES.resolve, { by: 'ada', how: 'accept' });
      const reports = (await Promise.all([one.result(), other.result()])) as Report[];
      expect(reports.map(({ outcome }) => outcome)).toEqual(['patched', 'patched']);
    });
  });

  it('is not used up by a host that only waits for the other one of its pair', async () => {
    const fleet = { 'duo-1': modelHost([BROKEN]), 'duo-2': modelHost(), 'lone-1': modelHost() };
    const [all, pair] = [budget('duo-all', 2), budget('duo-pair', 1)];
    await withFleet(bench, fleet, async () => {
      const first = await startWith([all, pair], 'duo-1', HOLDS);
      await until(first, isAt('needs-attention'));
      const second = await startWith([all, pair], 'duo-2');
      await until(second, waitsBehind('duo-1'));
      const third = await startWith([all], 'lone-1');
      expect((await third.result()) as Report).toMatchObject({ outcome: 'patched' });
      await first.signal(MESSAGES.resolve, { by: 'ada', how: 'accept' });
      expect((await second.result()) as Report).toMatchObject({ outcome: 'patched' });
    });
  });

  it('is not taken for granted when the book speaks of an earlier wait', async () => {
    const fleet = { 'stale-1': modelHost([BROKEN]), 'stale-2': modelHost() };
    await withFleet(bench, fleet, async () => {
      const first = await startIn('stale', 1, 'stale-1', HOLDS);
      await until(first, isAt('needs-attention'));
      const second = await startIn('stale', 1, 'stale-2');
      await until(second, waitsBehind('stale-1'));
      const earlier = { group: 'stale', turn: 0, granted: true, heldBy: ['stale-3'] };
      await second.signal(MESSAGES.slot, earlier);
      expect((await second.query<CycleView>(MESSAGES.cycle)).state).toMatchObject({
        ...{ name: 'awaiting-slot', missing: [{ heldBy: ['stale-1'] }] },
      });
      await first.signal(MESSAGES.resolve, { by: 'ada', how: 'accept' });
      expect((await second.result()) as Report).toMatchObject({ outcome: 'patched' });
    });
  });

  it('comes back at once from a cycle that wants no slot any more', async () => {
    const fleet = { 'late-1': modelHost() };
    await withFleet(bench, fleet, async () => {
      const cycle = await startIn('late', 1, 'late-1', { approval: { required: true } });
      await until(cycle, isAt('awaiting-approval'));
      const { workflowId, firstExecutionRunId: runId } = cycle;
      const startedAt = new Date().toISOString();
      const request = { host: 'late-1', workflowId, runId, startedAt, turn: 1, slots: 1 };
      await askForSlot(bench.env.client, { group: 'late', request });
      const book = bench.env.client.workflow.getHandle(budgetWorkflowId('late'));
      await book.result(); // It lives while somebody holds or wants a slot.
      await cycle.signal(MESSAGES.abort, { by: 'ada' });
      await cycle.result();
    });
  });

  it('is not to be had by forged or broken messages', async () => {
    const fleet = { 'forge-1': modelHost([BROKEN]), 'forge-2': modelHost() };
    await withFleet(bench, fleet, async () => {
      const first = await startIn('forge', 1, 'forge-1', HOLDS);
      await until(first, isAt('needs-attention'));
      const book = bench.env.client.workflow.getHandle(budgetWorkflowId('forge'));
      await book.signal(MESSAGES.askSlot, { host: '$(reboot)' });
      await book.signal(MESSAGES.returnSlot, { host: 'forge-1', runId: 'another' });
      await first.signal(MESSAGES.slot, { group: 'elsewhere', turn: 1, granted: true, heldBy: [] });
      expect(await bookOf('forge')).toMatchObject({
        holders: [{ host: 'forge-1' }],
        refusedCount: 1,
      });
      await first.signal(MESSAGES.resolve, { by: 'ada', how: 'accept' });
      await first.result();
    });
  });
});

describe('two rollouts over the same host', () => {
  it('run one cycle of it: the later one waits for that of the other, and leaves it alone when aborted', async () => {
    const fleet = goodHosts('both', 1);
    await withFleet(bench, fleet, async () => {
      const policy = { approval: { required: true, expires: '1h' } };
      const one = await startRollout(bench, 'one', rolloutOf([['both-1']], { policy }));
      await untilRollout(one, ({ members }) => members[0]?.standing.is === 'running');
      const other = await startRollout(bench, 'other', rolloutOf([['both-1']]));
      const view = await untilRollout(other, ({ members }) => {
        const standing = members[0]?.standing;
        return standing?.is === 'waiting' && standing.busyUntil !== undefined;
      });
      expect(view.state.name).toBe('running');
      await decide(other, { kind: 'abort', by: 'ada' });
      await other.result();
      expect(
        (await bench.env.client.workflow.getHandle(patchWorkflowId('both-1')).describe()).status,
      ).toMatchObject({ name: 'RUNNING' });
      await decide(one, { kind: 'abort', by: 'ada' });
      await one.result();
    });
  });
});
