import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { undrain } from '../../activities/drain.ts';
import { inspect } from '../../activities/inspect.ts';
import { release } from '../../activities/release.ts';
import { Facts } from '../../src/domain/facts.ts';
import { lockHolder } from '../../src/host/lock.ts';
import type { HostPaths } from '../../src/host/paths.ts';
import type { PackageManager, RepairInput } from '../../src/packages/port.ts';
import { temporaryPaths } from '../host/support/temporary.ts';
import { CYCLE, stepContext, stepInput } from './support/step-bench.ts';

const NEXT_CYCLE = '20261125t184300z-5e6f7a8b';

let paths: HostPaths;
beforeEach(async () => {
  paths = await temporaryPaths();
});

function packages(
  facts: { held?: string[]; interrupted?: string[]; otherUpdaters?: string[] } = {},
): Partial<PackageManager> {
  return {
    inspect: async () => ({
      held: [],
      interrupted: [],
      otherUpdaters: [],
      cacheDirectory: '/cache',
      ...facts,
    }),
    rebootRequired: async () => ({ answer: 'no', reason: 'the newest kernel runs' }),
  };
}

function input(
  policy: Record<string, unknown> = {},
  { skewMs = 0, cycle = CYCLE, takeOver = '' } = {},
) {
  return {
    ...stepInput(policy, cycle),
    requestedBy: 'alice',
    serverTime: new Date(Date.now() - skewMs).toISOString(),
    ...(takeOver === '' ? {} : { takeOver }),
  };
}

describe('inspect', () => {
  it('answers facts of the promised shape, keeps them, and has the lock', async () => {
    const context = await stepContext(packages(), { paths });
    const facts = await inspect(context, input());
    expect(Facts.parse(facts)).toEqual(facts);
    expect(facts).toMatchObject({ host: 'web-1', manager: 'apt', cycle: CYCLE, unattended: false });
    expect(await context.journal.read('facts')).toEqual(facts);
    expect(await lockHolder(paths)).toMatchObject({
      cycle: CYCLE,
      requestedBy: 'alice',
      workflowId: 'patch/web-1',
    });
  });

  it('says that the host takes only signed approvals, and refuses early when it cannot verify them', async () => {
    await mkdir(paths.configDirectory, { mode: 0o755 });
    const allowedSigners = join(paths.configDirectory, 'allowed_signers');
    const context = await stepContext(packages(), { paths, allowedSigners });
    await expect(inspect(context, input())).rejects.toMatchObject({ type: 'HostRefuses' });
    await writeFile(allowedSigners, `ada ssh-ed25519 ${'A'.repeat(68)}\n`, { mode: 0o644 });
    expect(Facts.parse(await inspect(context, input()))).toMatchObject({ signedApprovals: true });
  });

  it('runs twice', async () => {
    await inspect(await stepContext(packages(), { paths }), input());
    await inspect(await stepContext(packages(), { paths }), input());
    expect((await lockHolder(paths))?.cycle).toBe(CYCLE);
  });

  it('is refused while another cycle has the host, which release alone does not change', async () => {
    await inspect(await stepContext(packages(), { paths }), input());
    const other = await stepContext(packages(), { paths, cycle: NEXT_CYCLE });
    await expect(inspect(other, input({}, { cycle: NEXT_CYCLE }))).rejects.toMatchObject({
      type: 'HostLocked',
    });
    await release(other, stepInput({}, NEXT_CYCLE));
    expect((await lockHolder(paths))?.cycle).toBe(CYCLE);
    await release(await stepContext({}, { paths }), stepInput());
    await inspect(other, input({}, { cycle: NEXT_CYCLE }));
    expect((await lockHolder(paths))?.cycle).toBe(NEXT_CYCLE);
  });

  it('takes over a dead cycle that a person named', async () => {
    await inspect(await stepContext(packages(), { paths }), input());
    const other = await stepContext(packages(), { paths, cycle: NEXT_CYCLE });
    await inspect(other, input({}, { cycle: NEXT_CYCLE, takeOver: CYCLE }));
    expect(await lockHolder(paths)).toMatchObject({ cycle: NEXT_CYCLE, tookOver: CYCLE });
  });

  it('brings back what a cycle had switched off that ended without its agent', async () => {
    const first = await stepContext(packages(), { paths });
    await inspect(first, input());
    const left = { phase: 'drained', hook: null, updaters: ['apt-daily.timer'] };
    await first.journal.write('drain', left);
    const resumed: string[] = [];
    const next = await stepContext(
      { ...packages(), resumeUpdaters: async (names) => void resumed.push(...names) },
      { paths, cycle: NEXT_CYCLE },
    );
    const ended = { ...input({}, { cycle: NEXT_CYCLE }), holderEnded: async () => true };
    await inspect(next, ended);
    expect((await lockHolder(paths))?.cycle).toBe(NEXT_CYCLE);
    await undrain(next, stepInput({}, NEXT_CYCLE));
    expect(resumed).toEqual(['apt-daily.timer']);
  });

  it.each([
    [61_000, 'ahead of'],
    [-61_000, 'behind'],
  ])('refuses a clock that is %i ms off', async (skewMs, direction) => {
    const context = await stepContext(packages(), { paths });
    // On a busy machine a second goes by before the clocks are compared; here it stands still.
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    try {
      await expect(inspect(context, input({}, { skewMs }))).rejects.toMatchObject({
        type: 'ClockSkew',
        message: expect.stringContaining(`1m 1s ${direction} the server's`),
      });
    } finally {
      clock.mockRestore();
    }
  });

  it('accepts a clock that is less than a minute off, and tells by how much', async () => {
    const facts = await inspect(
      await stepContext(packages(), { paths }),
      input({}, { skewMs: 50_000 }),
    );
    expect(facts.clockSkewMs).toBeGreaterThanOrEqual(50_000);
  });

  it('refuses an interrupted package run and names the packages', async () => {
    const context = await stepContext(packages({ interrupted: ['nginx', 'perl'] }), { paths });
    await expect(inspect(context, input())).rejects.toMatchObject({
      type: 'PackagesInterrupted',
      message: expect.stringContaining('nginx, perl'),
      details: { remedy: expect.stringContaining('repairInterrupted') },
    });
  });

  it('completes an interrupted package run where the policy says so', async () => {
    const interrupted = ['nginx'];
    const asked: RepairInput[] = [];
    const context = await stepContext(
      {
        ...packages({ interrupted }),
        repair: async (repair) => {
          asked.push(repair);
          return { repaired: interrupted.splice(0) };
        },
      },
      { paths },
    );
    await inspect(context, input({ repairInterrupted: true, limits: { packageJob: '10m' } }));
    expect(asked).toMatchObject([{ jobPrefix: 'inspect-repair', deadlineMs: 600_000 }]);
    expect(asked[0]?.archiveDirectories).toContain('/cache');
  });

  it('says it when the interrupted run could not be completed', async () => {
    const context = await stepContext(
      { ...packages({ interrupted: ['nginx'] }), repair: async () => ({ repaired: [] }) },
      { paths },
    );
    await expect(inspect(context, input({ repairInterrupted: true }))).rejects.toMatchObject({
      type: 'PackageStateBroken',
    });
  });

  it('names held packages and other updaters, and goes on', async () => {
    const context = await stepContext(
      packages({ held: ['linux-image-amd64'], otherUpdaters: ['apt-daily.timer'] }),
      { paths },
    );
    const { held, findings } = await inspect(context, input());
    expect(held).toEqual(['linux-image-amd64']);
    expect(findings).toEqual([
      'Held back and therefore left alone: linux-image-amd64.',
      'Other updaters are switched on and will pause during the change: apt-daily.timer.',
    ]);
  });
});
