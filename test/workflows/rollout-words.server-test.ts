import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CycleView } from '../../src/domain/cycle.ts';
import type { RolloutView } from '../../src/domain/rollout.ts';
import { questionsOf } from '../../src/planning/rollout-summary.ts';
import {
  CENTRAL_TASK_QUEUE,
  MESSAGES,
  patchWorkflowId,
  WORKFLOW_TYPES,
} from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';
import {
  decide,
  endingsOf,
  rolloutOf,
  startRollout,
  terminate,
  untilRollout,
  withFleet,
} from './support/fleet.ts';
import { modelHost } from './support/model-host.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
});
afterAll(() => bench.stop());

const ASKS = { approval: { required: true, expires: '1h' } };

const ended = ({ state }: RolloutView) => state.name === 'ended';

/** The changes about which this host asks now; null while it asks nothing. */
function askedBy({ members }: RolloutView, host: string): string | null {
  return questionsOf(members).find(({ hosts }) => hosts.includes(host))?.changes ?? null;
}

const asks = (host: string) => (view: RolloutView) => askedBy(view, host) !== null;

describe('what a rollout says to a cycle', () => {
  it('is said to its own one, and not to one that somebody started on the host since', async () => {
    const model = modelHost();
    await withFleet(bench, { 'own-1': model }, async () => {
      const input = rolloutOf([['own-1']], { policy: ASKS });
      const first = await startRollout(bench, 'own', input);
      const view = await untilRollout(first, asks('own-1'));
      await first.terminate();
      await terminate(bench, patchWorkflowId('own-1'));
      model.host.lockedBy = null;
      await bench.env.client.workflow.start(WORKFLOW_TYPES.patchHost, {
        taskQueue: CENTRAL_TASK_QUEUE,
        workflowId: patchWorkflowId('own-1'),
        args: [inputFor('own-1', policyOf(ASKS))],
      });
      const { members, startedAt, wave, approved, decisions, refused, refusedCount } = view;
      const state = { name: 'aborting', by: 'ada', since: startedAt } as const;
      const progress = { members, startedAt, state, wave, approved, decisions };
      const next = await startRollout(bench, 'own', {
        ...input,
        progress: { ...progress, refused, refusedCount },
      });
      expect(endingsOf(await untilRollout(next, ended))).toEqual({ 'own-1': 'lost' });
      const cycle = bench.env.client.workflow.getHandle(patchWorkflowId('own-1'));
      expect(await cycle.query<CycleView>(MESSAGES.cycle)).toMatchObject({ decisions: [] });
    });
  });

  it('is said again when the cycle asks again, though it has asked the same before', async () => {
    const model = modelHost();
    await withFleet(bench, { 'flap-1': model }, async () => {
      const handle = await startRollout(
        bench,
        'flaps',
        rolloutOf([['flap-1']], { policy: ASKS, approval: 'once' }),
      );
      const approve = async (version: string, next: string) => {
        const view = await untilRollout(handle, asks('flap-1'));
        model.offer.version = next;
        const changes = askedBy(view, 'flap-1') ?? version;
        await decide(handle, { kind: 'approve', changes, by: 'ada' });
        return changes;
      };
      const changes = await approve('2.0', '3.0');
      await untilRollout(handle, (view) => (askedBy(view, 'flap-1') ?? changes) !== changes);
      await approve('3.0', '2.0');
      expect(endingsOf(await untilRollout(handle, ended))).toEqual({ 'flap-1': 'patched' });
    });
  });

  it('is said also when its history is full in that moment', async () => {
    const broken = { step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' } as const;
    const fleet = { 'no-1': modelHost([broken]), 'no-2': modelHost(), 'no-3': modelHost() };
    fleet['no-1'].offer.version = '3.0';
    await withFleet(bench, fleet, async () => {
      const policy = { ...ASKS, onFailure: 'hold' };
      const handle = await startRollout(
        bench,
        'no',
        rolloutOf([['no-1', 'no-2'], ['no-3']], { policy, approval: 'once' }),
      );
      const view = await untilRollout(handle, (now) => asks('no-1')(now) && asks('no-2')(now));
      const people = deafPeople();
      const { runId } = await handle.describe();
      const changes = askedBy(view, 'no-1') ?? '';
      await decide(handle, { kind: 'approve', changes, by: 'ada' });
      await untilRollout(handle, ({ state }) => state.name === 'halted');
      for (let sent = 0; sent < 3; sent++) {
        await handle.signal(MESSAGES.pause, { by: 'x'.repeat(1_500_000) });
      }
      await decide(handle, { kind: 'reject', changes: askedBy(view, 'no-2') ?? '', by: 'ada' });
      people.listen();
      const latest = bench.env.client.workflow.getHandle(handle.workflowId);
      const after = await untilRollout(latest, (now) => endingsOf(now)['no-2'] !== 'running');
      expect(endingsOf(after)['no-2']).toBe('rejected');
      expect((await latest.describe()).runId).not.toBe(runId);
      await latest.terminate();
    });
  });
});

/** Until it listens, nobody can be told anything, and what tells them is tried again and again. */
function deafPeople(): { listen(): void } {
  const { notices } = bench;
  const hear = notices.push.bind(notices);
  notices.push = () => {
    throw new Error('The mail server is down');
  };
  return {
    listen() {
      notices.push = hear;
    },
  };
}
