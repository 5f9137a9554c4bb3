import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../../src/domain/report.ts';
import type { RolloutInput, RolloutView } from '../../src/domain/rollout.ts';
import { questionsOf } from '../../src/planning/rollout-summary.ts';
import { patchWorkflowId } from '../../src/temporal/names.ts';
import { documentOf, run } from '../cli/support/memory-io.ts';
import { openCycleBench, type CycleBench } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';
import {
  decide,
  endingsOf,
  goodHosts,
  rolloutOf,
  startRollout,
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

const inputOf = (waves: string[][], approval: RolloutInput['approval']) =>
  rolloutOf(waves, { policy: ASKS, approval });

const asksAbout = (hosts: number) => (view: RolloutView) =>
  questionsOf(view.members).reduce((sum, question) => sum + question.hosts.length, 0) === hosts;

const changesOf = ({ members }: RolloutView) => questionsOf(members)[0]?.changes ?? '';

const ended = ({ state }: RolloutView) => state.name === 'ended';

async function approverOf(host: string): Promise<string | null> {
  const handle = bench.env.client.workflow.getHandle(patchWorkflowId(host));
  return ((await handle.result()) as Report).approvedBy;
}

describe('a rollout that is approved once', () => {
  it('asks a person for the canary, and no more for hosts that get the same', async () => {
    await withFleet(bench, goodHosts('once', 3), async () => {
      const input = inputOf([['once-1'], ['once-2', 'once-3']], 'once');
      const handle = await startRollout(bench, 'once', input);
      const view = await untilRollout(handle, asksAbout(1));
      await decide(handle, { kind: 'approve', changes: changesOf(view), by: 'ada' });
      const over = await untilRollout(handle, ended);
      expect(new Set(Object.values(endingsOf(over)))).toEqual(new Set(['patched']));
      for (const host of ['once-1', 'once-2', 'once-3']) {
        expect(await approverOf(host)).toMatch(/^ada at /);
      }
    });
  });

  it('asks again for a host that would get something else, and shows the difference', async () => {
    const fleet = goodHosts('other', 3);
    if (fleet['other-3']) fleet['other-3'].offer.version = '3.0';
    await withFleet(bench, fleet, async () => {
      const input = inputOf([['other-1', 'other-2', 'other-3']], 'once');
      const handle = await startRollout(bench, 'others', input);
      const view = await untilRollout(handle, asksAbout(3));
      expect(questionsOf(view.members).map(({ hosts }) => hosts)).toEqual([
        ['other-1', 'other-2'],
        ['other-3'],
      ]);
      const cli = (...argv: string[]) => run([...argv, '--address', bench.env.address]);
      const { stdout } = await cli('rollout', 'plans', 'others');
      expect(stdout).toMatch(/2 hosts: other-1, other-2[^]*alpha[^]*1 host: other-3, which differ/);
      expect(stdout).toMatch(/alpha:amd64 goes to 3\.0 instead of 2\.0/);

      const digits = changesOf(view).slice(0, 12);
      const taken = await cli('rollout', 'approve', 'others', '--changes', digits, '--json');
      expect(documentOf(taken)).toMatchObject({ decision: 'approve', accepted: true });
      const left = await untilRollout(handle, asksAbout(1));
      await decide(handle, { kind: 'reject', changes: changesOf(left), by: 'ada', why: 'not yet' });
      expect(endingsOf(await untilRollout(handle, ended))).toEqual({
        'other-1': 'patched',
        'other-2': 'patched',
        'other-3': 'rejected',
      });
    });
  });
});

describe('a host that is tried again', () => {
  it('hears of the approval that its first cycle heard of, when its plan is the same', async () => {
    const broken = { step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' } as const;
    const fleet = { 'again-1': modelHost([{ ...broken, times: 1 }]), 'again-2': modelHost() };
    await withFleet(bench, fleet, async () => {
      const handle = await startRollout(
        bench,
        'again',
        inputOf([['again-1'], ['again-2']], 'once'),
      );
      const view = await untilRollout(handle, asksAbout(1));
      await decide(handle, { kind: 'approve', changes: changesOf(view), by: 'ada' });
      await untilRollout(handle, ({ state }) => state.name === 'halted');
      await decide(handle, { kind: 'retry', host: 'again-1', by: 'ada' });
      await decide(handle, { kind: 'resume', by: 'ada' });
      expect(endingsOf(await untilRollout(handle, ended))).toEqual({
        'again-1': 'patched',
        'again-2': 'patched',
      });
      expect(await approverOf('again-1')).toMatch(/^ada at /);
    });
  });
});

describe('a rollout that is approved wave by wave', () => {
  it('asks again in the next wave, also for the same', async () => {
    await withFleet(bench, goodHosts('wave', 2), async () => {
      const handle = await startRollout(
        bench,
        'by-wave',
        inputOf([['wave-1'], ['wave-2']], 'wave'),
      );
      const first = await untilRollout(handle, asksAbout(1));
      await decide(handle, { kind: 'approve', changes: changesOf(first), by: 'ada' });
      const second = await untilRollout(handle, (view) => view.wave === 1 && asksAbout(1)(view));
      await decide(handle, { kind: 'approve', changes: changesOf(second), by: 'bob' });
      await untilRollout(handle, ended);
      expect(await approverOf('wave-1')).toMatch(/^ada/);
      expect(await approverOf('wave-2')).toMatch(/^bob/);
    });
  });
});

describe('a rollout in which people decide about each host', () => {
  it('takes no decision for many', async () => {
    await withFleet(bench, goodHosts('each', 1), async () => {
      const handle = await startRollout(bench, 'each', inputOf([['each-1']], 'host'));
      const view = await untilRollout(handle, asksAbout(1));
      const approve = { kind: 'approve', changes: changesOf(view), by: 'ada' } as const;
      await expect(decide(handle, approve)).rejects.toMatchObject({
        cause: { message: expect.stringContaining('patchcycle approve HOST') },
      });
      await decide(handle, { kind: 'abort', by: 'ada' });
      await handle.result();
    });
  });
});
