import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../../src/domain/report.ts';
import { BadVersions } from '../../src/domain/known-bad.ts';
import { KNOWN_BAD_WORKFLOW_ID, MESSAGES, patchWorkflowId } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';
import { endingsOf, rolloutOf, startRollout, untilRollout, withFleet } from './support/fleet.ts';
import { modelHost, type Fault } from './support/model-host.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment(), { remembersBad: true });
});
afterAll(() => bench.stop());

const BROKEN: Fault = { step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' };

const list = () => bench.env.client.workflow.getHandle(KNOWN_BAD_WORKFLOW_ID);

const reportOf = async (host: string) =>
  (await bench.env.client.workflow.getHandle(patchWorkflowId(host)).result()) as Report;

function offering(version: string, os = 'debian 12', faults: Fault[] = []) {
  const model = modelHost(faults);
  model.host.os = os;
  model.offer.version = version;
  model.offer.changes = 1;
  return model;
}

describe('a version after which a host was restored', () => {
  it('is left out of every later plan, which says so, until a person clears it', async () => {
    const fleet = {
      'sick-1': offering('6.6', 'debian 12', [BROKEN]),
      'well-1': offering('6.6'),
      'well-2': offering('6.6'),
    };
    await withFleet(bench, fleet, async () => {
      const patch = async (host: string) =>
        (await (await bench.start(inputFor(host, policyOf()))).result()) as Report;
      expect(await patch('sick-1')).toMatchObject({ outcome: 'restored' });
      const spared = await patch('well-1');
      expect(spared.outcome).toBe('up-to-date');
      expect(spared.explanation).toMatch(/alpha 6\.6 is left out: it is known to be bad/);

      const clear = { package: 'alpha', version: '6.6', by: 'ada', why: 'the disk was full' };
      await list().executeUpdate(MESSAGES.clearBad, { args: [clear] });
      expect(await patch('well-2')).toMatchObject({ outcome: 'patched' });
      await expect(
        list().executeUpdate(MESSAGES.clearBad, { args: [clear] }),
      ).rejects.toMatchObject({
        cause: { message: expect.stringContaining('nothing bad is known') },
      });
    });
  });

  it('cannot be put on the list by a message that is no report', async () => {
    const before = BadVersions.parse(await list().query(MESSAGES.badVersions));
    await list().signal(MESSAGES.reportBad, { host: 'x', suspects: 'all' });
    await list().signal(MESSAGES.reportBad, 'x'.repeat(100_000));
    const after = BadVersions.parse(await list().query(MESSAGES.badVersions));
    expect(after.versions).toEqual(before.versions);
    expect(after.refusedCount).toBe(before.refusedCount + 2);
  });
});

describe('what the first wave installed', () => {
  it('is what later waves install: a version that appears in between waits', async () => {
    const fleet = { 'pin-1': offering('7.0'), 'pin-2': offering('7.1'), 'pin-3': offering('7.0') };
    await withFleet(bench, fleet, async () => {
      const handle = await startRollout(bench, 'pins', rolloutOf([['pin-1'], ['pin-2', 'pin-3']]));
      const view = await untilRollout(handle, ({ state }) => state.name === 'ended');
      expect(view.pins).toEqual([{ platform: 'debian 12', wave: 0, packages: { alpha: '7.0' } }]);
      expect(endingsOf(view)).toEqual({
        'pin-1': 'patched',
        'pin-2': 'up-to-date',
        'pin-3': 'patched',
      });
      expect((await reportOf('pin-2')).plan?.leftOut).toEqual([
        'alpha 7.1 is left out: rollout pins has proved 7.0',
      ]);
      // Not that they are up to date, which pin-2 is not.
      const { lines } = await bench.untilTold({ subject: 'rollout pins finished' });
      expect(lines).toEqual(['3 of 3 hosts came through']);
    });
  });

  it('is not asked of hosts of another distribution, whose own first wave proves for them', async () => {
    const fleet = {
      'mixed-1': offering('9.0'),
      'mixed-2': offering('9.0-1.el9', 'rocky 9.4'),
      'mixed-3': offering('9.0-2.el9', 'rocky 9.5'),
    };
    await withFleet(bench, fleet, async () => {
      const input = rolloutOf([['mixed-1'], ['mixed-2'], ['mixed-3']]);
      const handle = await startRollout(bench, 'mixed', input);
      const view = await untilRollout(handle, ({ state }) => state.name === 'ended');
      expect(endingsOf(view)).toEqual({
        'mixed-1': 'patched',
        'mixed-2': 'patched',
        'mixed-3': 'up-to-date',
      });
      expect((await reportOf('mixed-3')).plan?.leftOut).toEqual([
        'alpha 9.0-2.el9 is left out: rollout mixed has proved 9.0-1.el9',
      ]);
    });
  });

  it('is not asked of hosts before anything was installed', async () => {
    const nothing = offering('8.0');
    nothing.offer.changes = 0;
    const fleet = { 'idle-1': nothing, 'idle-2': offering('8.0') };
    await withFleet(bench, fleet, async () => {
      const handle = await startRollout(bench, 'idle', rolloutOf([['idle-1'], ['idle-2']]));
      const view = await untilRollout(handle, ({ state }) => state.name === 'ended');
      expect(endingsOf(view)).toEqual({ 'idle-1': 'up-to-date', 'idle-2': 'patched' });
      expect(view.pins).toEqual([{ platform: 'debian 12', wave: 1, packages: { alpha: '8.0' } }]);
    });
  });
});
