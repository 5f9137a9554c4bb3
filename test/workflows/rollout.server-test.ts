import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { RolloutView } from '../../src/domain/rollout.ts';
import { MESSAGES, patchWorkflowId } from '../../src/temporal/names.ts';
import { openCycleBench, type CycleBench } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';
import {
  decide,
  endingsOf,
  goodHosts,
  rolloutOf,
  startRollout,
  untilRollout,
  viewOf,
  withFleet,
} from './support/fleet.ts';
import { modelHost, type Fault, type Model } from './support/model-host.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
});
afterAll(() => bench.stop());

const BROKEN: Fault = { step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' };

const asks = ({ members }: RolloutView, host: string) =>
  members.some(
    ({ host: name, standing }) =>
      name === host && standing.is === 'running' && standing.at === 'awaiting-approval',
  );

const resultOf = async (handle: { result(): Promise<unknown> }) =>
  RolloutView.parse(await handle.result());

/** When a step of the host's cycle was over, by the server's clock. */
async function completedAt(host: string, step: string): Promise<Date> {
  const { events } = await bench.env.client.workflow
    .getHandle(patchWorkflowId(host))
    .fetchHistory();
  const scheduled = events?.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === step,
  );
  const completed = events?.find(({ activityTaskCompletedEventAttributes: attributes }) =>
    scheduled?.eventId?.eq(attributes?.scheduledEventId ?? 0),
  );
  const { seconds, nanos } = completed?.eventTime ?? {};
  return new Date(Number(seconds) * 1_000 + Number(nanos) / 1e6);
}

/** The host's cycles give their lock back when this is resolved, and no sooner. */
function holdRelease({ activities }: Model): PromiseWithResolvers<void> {
  const release = activities.release.bind(activities);
  const mayRelease = Promise.withResolvers<void>();
  activities.release = (input) => mayRelease.promise.then(() => release(input));
  return mayRelease;
}

describe('a rollout', () => {
  it('patches every host, wave by wave', async () => {
    const fleet = goodHosts('wave', 3);
    await withFleet(bench, fleet, async () => {
      const input = rolloutOf([['wave-1'], ['wave-2', 'wave-3']]);
      const view = await resultOf(await startRollout(bench, 'waves', input));
      expect(view.state).toEqual({ name: 'ended', outcome: 'finished' });
      expect(endingsOf(view)).toEqual({
        'wave-1': 'patched',
        'wave-2': 'patched',
        'wave-3': 'patched',
      });
      const second = await bench.env.client.workflow
        .getHandle(patchWorkflowId('wave-2'))
        .describe();
      const reportedAt = await completedAt('wave-1', 'report');
      expect(second.startTime.getTime()).toBeGreaterThanOrEqual(reportedAt.getTime());
    });
  });

  it('starts a host that is tried again as soon as its last cycle has given the lock back', async () => {
    const fleet = { 'again-1': modelHost([{ ...BROKEN, times: 1 }]), 'again-2': modelHost() };
    const mayRelease = holdRelease(fleet['again-1']);
    await withFleet(bench, fleet, async () => {
      const input = rolloutOf([['again-1'], ['again-2']]);
      const handle = await startRollout(bench, 'again', input);
      await untilRollout(handle, ({ state }) => state.name === 'halted');
      await decide(handle, { kind: 'retry', host: 'again-1', by: 'ada' });
      await decide(handle, { kind: 'resume', by: 'ada' });
      await untilRollout(handle, ({ members: [member] }) =>
        member?.standing.is === 'waiting' ? member.standing.busyUntil !== undefined : false,
      );
      mayRelease.resolve();
      expect(endingsOf(await resultOf(handle))).toEqual({
        'again-1': 'patched',
        'again-2': 'patched',
      });
    });
  });

  it('goes on when it is known how a host ends, though that host still gives its lock back', async () => {
    const fleet = goodHosts('known', 2);
    const mayRelease = holdRelease(fleet['known-1'] as Model);
    await withFleet(bench, fleet, async () => {
      const handle = await startRollout(bench, 'known', rolloutOf([['known-1'], ['known-2']]));
      await untilRollout(handle, ({ state }) => state.name === 'ended');
      const first = bench.env.client.workflow.getHandle(patchWorkflowId('known-1'));
      expect((await first.describe()).status.name).toBe('RUNNING');
      mayRelease.resolve();
      expect(endingsOf(await resultOf(handle))).toEqual({
        'known-1': 'patched',
        'known-2': 'patched',
      });
      await expect(first.result()).resolves.toMatchObject({ outcome: 'patched', failures: [] });
    });
  });

  it('stops when the canary fails, and patches the rest when it is tried again and goes well', async () => {
    const fleet = {
      'halt-1': modelHost([{ ...BROKEN, times: 1 }]),
      'halt-2': modelHost(),
    };
    await withFleet(bench, fleet, async () => {
      const handle = await startRollout(bench, 'halts', rolloutOf([['halt-1'], ['halt-2']]));
      const halted = await untilRollout(handle, ({ state }) => state.name === 'halted');
      expect(endingsOf(halted)).toEqual({ 'halt-1': 'restored', 'halt-2': 'waiting' });
      expect(fleet['halt-2'].host.ran).toEqual([]);
      await decide(handle, { kind: 'retry', host: 'halt-1', by: 'ada' });
      await decide(handle, { kind: 'resume', by: 'ada', why: 'the mirror was broken' });
      const view = await resultOf(handle);
      expect(endingsOf(view)).toEqual({ 'halt-1': 'patched', 'halt-2': 'patched' });
      expect(bench.notices.map(({ subject }) => subject)).toEqual(
        expect.arrayContaining(['rollout halts halted', 'rollout halts finished']),
      );
      expect(view.decisions.map(({ decision }) => decision.kind)).toEqual(['retry', 'resume']);
    });
  });

  it('is paused, leaves out a host that is skipped, and goes on', async () => {
    const fleet = goodHosts('pause', 3);
    await withFleet(bench, fleet, async () => {
      const policy = { approval: { required: true, expires: '1h' } };
      const input = rolloutOf([['pause-1'], ['pause-2'], ['pause-3']], { policy });
      const handle = await startRollout(bench, 'pauses', input);
      await untilRollout(handle, (view) => asks(view, 'pause-1'));
      await decide(handle, { kind: 'pause', by: 'ada' });
      await decide(handle, { kind: 'skip', host: 'pause-2', by: 'ada', why: 'it is retired' });
      await approve('pause-1');
      await untilRollout(handle, (view) => endingsOf(view)['pause-1'] === 'patched');
      expect(endingsOf(await viewOf(handle))['pause-3']).toBe('waiting');
      await decide(handle, { kind: 'resume', by: 'ada' });
      await untilRollout(handle, (view) => asks(view, 'pause-3'));
      await approve('pause-3');
      expect(endingsOf(await resultOf(handle))).toEqual({
        'pause-1': 'patched',
        'pause-2': 'skipped',
        'pause-3': 'patched',
      });
    });
  });

  it('that is aborted ends its cycles before any change, and starts no other', async () => {
    const fleet = goodHosts('abort', 2);
    await withFleet(bench, fleet, async () => {
      const policy = { approval: { required: true, expires: '1h' } };
      const input = rolloutOf([['abort-1'], ['abort-2']], { policy });
      const handle = await startRollout(bench, 'aborts', input);
      await untilRollout(handle, ({ members }) =>
        members.some(({ standing }) => standing.is === 'running'),
      );
      await decide(handle, { kind: 'abort', by: 'ada', why: 'wrong week' });
      const view = await resultOf(handle);
      expect(view.state).toEqual({ name: 'ended', outcome: 'aborted' });
      expect(endingsOf(view)).toEqual({ 'abort-1': 'aborted', 'abort-2': 'waiting' });
      expect(fleet['abort-1']?.host).toMatchObject({ packages: 'old', lockedBy: null });
    });
  });

  it('that is cancelled in Temporal is aborted, and says by whom', async () => {
    const fleet = goodHosts('cancel', 2);
    await withFleet(bench, fleet, async () => {
      const policy = { approval: { required: true, expires: '1h' } };
      const input = rolloutOf([['cancel-1'], ['cancel-2']], { policy });
      const handle = await startRollout(bench, 'cancels', input);
      await untilRollout(handle, (view) => asks(view, 'cancel-1'));
      await handle.cancel();
      const view = await resultOf(handle);
      expect(view.state).toEqual({ name: 'ended', outcome: 'aborted' });
      expect(view.decisions.map(({ decision }) => decision)).toMatchObject([
        { kind: 'abort', by: 'Temporal' },
      ]);
      expect(endingsOf(view)).toEqual({ 'cancel-1': 'aborted', 'cancel-2': 'waiting' });
      expect(fleet['cancel-1']?.host).toMatchObject({ packages: 'old', lockedBy: null });
    });
  });

  it('that is terminated leaves its cycles to end by themselves, and begins no other', async () => {
    const fleet = goodHosts('end', 2);
    await withFleet(bench, fleet, async () => {
      const policy = { approval: { required: true, expires: '1h' } };
      const input = rolloutOf([['end-1'], ['end-2']], { policy });
      const handle = await startRollout(bench, 'ends', input);
      await untilRollout(handle, (view) => asks(view, 'end-1'));
      await handle.terminate();
      await approve('end-1');
      const cycle = bench.env.client.workflow.getHandle(patchWorkflowId('end-1'));
      expect(await cycle.result()).toMatchObject({ outcome: 'patched' });
      expect(fleet['end-2']?.host.ran).toEqual([]);
    });
  });

  it('notices a cycle that somebody terminated', async () => {
    const fleet = goodHosts('lost', 2);
    await withFleet(bench, fleet, async () => {
      const policy = { approval: { required: true, expires: '1h' } };
      const handle = await startRollout(
        bench,
        'loses',
        rolloutOf([['lost-1'], ['lost-2']], { policy }),
      );
      await untilRollout(handle, (view) => asks(view, 'lost-1'));
      await bench.env.client.workflow.getHandle(patchWorkflowId('lost-1')).terminate();
      const view = await untilRollout(handle, ({ state }) => state.name === 'halted');
      expect(endingsOf(view)).toEqual({ 'lost-1': 'lost', 'lost-2': 'waiting' });
      await decide(handle, { kind: 'abort', by: 'ada' });
      await handle.result();
    });
  });

  it('records messages that make no sense, and goes on', async () => {
    const fleet = goodHosts('bad', 1);
    await withFleet(bench, fleet, async () => {
      const policy = { approval: { required: true, expires: '1h' } };
      const handle = await startRollout(bench, 'bad-messages', rolloutOf([['bad-1']], { policy }));
      await handle.signal(MESSAGES.pause, { by: '' });
      await handle.signal(MESSAGES.hostNotice, { host: 'stranger', runId: 'x', at: 'ended' });
      await handle.signal(MESSAGES.hostNotice, 'x'.repeat(100_000));
      await handle.signal(MESSAGES.hostNotice, { host: 'bad-1', runId: 'forged', at: 'ended' });
      await expect(decide(handle, { kind: 'resume', by: 'ada' })).rejects.toMatchObject({
        cause: { message: expect.stringContaining('only one that is paused or halted') },
      });
      const view = await untilRollout(
        handle,
        (now) => now.refusedCount === 3 && asks(now, 'bad-1'),
      );
      expect(view.members[0]?.standing.is).toBe('running');
      await approve('bad-1');
      expect(endingsOf(await resultOf(handle))).toEqual({ 'bad-1': 'patched' });
    });
  });

  it('goes on in mid-wave when its history is full, with the cycles that run', async () => {
    const fleet = goodHosts('long', 2);
    await withFleet(bench, fleet, async () => {
      const policy = { approval: { required: true, expires: '1h' } };
      const handle = await startRollout(
        bench,
        'long',
        rolloutOf([['long-1'], ['long-2']], { policy }),
      );
      await untilRollout(handle, (view) => asks(view, 'long-1'));
      const first = (await handle.describe()).runId;
      for (let sent = 0; sent < 4_200; sent += 200) {
        await Promise.all(Array.from({ length: 200 }, () => handle.signal(MESSAGES.pause, {})));
      }
      const latest = bench.env.client.workflow.getHandle(handle.workflowId);
      await untilOtherRun(latest, first);
      await approve('long-1');
      await untilRollout(latest, (view) => asks(view, 'long-2'));
      await approve('long-2');
      const view = await untilRollout(latest, ({ state }) => state.name === 'ended');
      expect(endingsOf(view)).toEqual({ 'long-1': 'patched', 'long-2': 'patched' });
      expect(view.refusedCount).toBe(4_200);
    });
  });

  it('starts no more cycles in one breath than one message of Temporal holds', async () => {
    const hosts = Array.from({ length: 16 }, (_, index) => `heavy-${index}`);
    const holidays = Array.from({ length: 500 }, () => ({
      ...{ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
      why: 'a holiday '.repeat(50),
    }));
    const input = rolloutOf([hosts], { policy: { blackouts: holidays }, halt: '100%' });
    const handle = await startRollout(bench, 'heavy', input);
    const view = await untilRollout(handle, ({ state }) => state.name === 'ended');
    expect(new Set(Object.values(endingsOf(view)))).toEqual(new Set(['failed']));
  });

  it('that would outgrow what Temporal hands from run to run ends at once and says so', async () => {
    const long = (index: number) => `${index}`.padStart(60, '0');
    const hosts = Array.from({ length: 10_000 }, (_, index) => long(index));
    const handle = await startRollout(bench, 'too-large', rolloutOf([hosts]));
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'BadInput', message: expect.stringContaining('bytes, and 1800000 fit') },
    });
  });

  it('without hosts, or under an ID that names none, ends at once and says why', async () => {
    await expect(
      (await startRollout(bench, 'nobody', rolloutOf([]))).result(),
    ).rejects.toMatchObject({
      cause: { type: 'BadInput', message: expect.stringContaining('waves') },
    });
    await expect(
      (await startRollout(bench, 'No Name', rolloutOf([['a']]))).result(),
    ).rejects.toMatchObject({ cause: { type: 'BadInput' } });
  });
});

async function approve(host: string): Promise<void> {
  const handle = bench.env.client.workflow.getHandle(patchWorkflowId(host));
  for (let tries = 0; tries < 200; tries++) {
    const { state, plan } = await handle.query<{
      state: { name: string };
      plan: { digest: string };
    }>(MESSAGES.cycle);
    if (state.name === 'awaiting-approval') {
      await handle.signal(MESSAGES.approve, { by: 'ada', digest: plan.digest });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${host} never asked for approval`);
}

async function untilOtherRun(handle: WorkflowHandle, runId: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await handle.describe()).runId !== runId) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${handle.workflowId} is still in its first run`);
}
