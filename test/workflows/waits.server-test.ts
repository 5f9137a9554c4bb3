import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import type { CycleView } from '../../src/domain/cycle.ts';
import type { Report } from '../../src/domain/report.ts';
import { MESSAGES } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { GOOD_SIGNATURE, modelHost, type Fault, type Model } from './support/model-host.ts';
import { timeSkippingEnvironment } from './support/environments.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await timeSkippingEnvironment());
});
afterAll(() => bench.stop());

const DAY_MS = 86_400_000;

async function report(model: Model, fields: Record<string, unknown>): Promise<Report> {
  return bench.withAgent('wait-1', model, async () => {
    const handle = await bench.start(inputFor('wait-1', policyOf(fields)));
    return (await handle.result()) as Report;
  });
}

/** Approves so many plans, each time something is asked; `between` happens while the window is waited for. */
async function withApprovals(
  model: Model,
  fields: Record<string, unknown>,
  approvals: number,
  between: () => void = () => undefined,
): Promise<Report> {
  return bench.withAgent('wait-1', model, async () => {
    const handle = await bench.start(inputFor('wait-1', policyOf(fields)));
    let last = '';
    for (let given = 0; given < approvals; given++) {
      if (given > 0) {
        await untilState(handle, ({ state }) => state.name === 'awaiting-window');
        between();
        await bench.env.sleep('8d');
      }
      const { plan } = await untilState(
        handle,
        (now) => now.state.name === 'awaiting-approval' && now.plan?.digest !== last,
      );
      last = plan?.digest ?? '';
      await handle.signal(MESSAGES.approve, { by: 'ada', digest: last });
    }
    return (await handle.result()) as Report;
  });
}

/** Noon, long after an opening and before the next: the tests before may have ended within one. */
async function passNoon(): Promise<void> {
  const now = await bench.env.currentTimeMs();
  await bench.env.sleep(2.5 * DAY_MS - (now % DAY_MS));
}

async function untilState(
  handle: WorkflowHandle,
  isThere: (now: CycleView) => boolean,
): Promise<CycleView> {
  for (let tries = 0; tries < 300; tries++) {
    const now = await handle.query<CycleView>(MESSAGES.cycle);
    if (isThere(now)) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { state } = await handle.query<CycleView>(MESSAGES.cycle);
  throw new Error(`The cycle never came there, but to ${JSON.stringify(state)}`);
}

describe('an approval that nobody gives', () => {
  it('expires after the time that the policy says, with the host untouched', async () => {
    const model = modelHost();
    const { outcome, startedAt, endedAt } = await report(model, {
      approval: { required: true, expires: '72h' },
    });
    expect(outcome).toBe('expired');
    expect(Date.parse(endedAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(72 * 3_600_000);
    expect(model.host).toMatchObject({ packages: 'old', lockedBy: null });
  });
});

const weekly = {
  rrule: 'FREQ=WEEKLY;BYDAY=SA',
  start: '02:00',
  duration: '4h',
  timeZone: 'Europe/Berlin',
};

describe('a maintenance window', () => {
  it('is waited for, and the plan is made again when it opens', async () => {
    const model = modelHost();
    const { outcome, steps } = await report(model, { window: weekly });
    expect(outcome).toBe('patched');
    const upgrade = steps.find(({ step }) => step === 'upgrade');
    const local = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Europe/Berlin',
      weekday: 'short',
      hour: '2-digit',
      hourCycle: 'h23',
    }).formatToParts(new Date(upgrade?.startedAt ?? 0));
    expect(local.find(({ type }) => type === 'weekday')?.value).toBe('Sat');
    expect(['02', '03', '04', '05']).toContain(local.find(({ type }) => type === 'hour')?.value);
    expect(model.host.ran.filter((step) => step === 'plan').length).toBeGreaterThanOrEqual(2);
  });

  describe('that closes while the host is made ready', () => {
    const short = {
      window: { ...weekly, rrule: 'FREQ=DAILY', duration: '10s' },
      limits: { wholeCycle: '1s', agentAnswers: '5s', agentSilent: '1s', reboot: '1s' },
    };
    // Three failures before each success take longer than the window is open.
    const slowBackup = (times: number): Fault => ({
      step: 'backup',
      kind: 'throws-retryable',
      times,
      strikes: (run) => run % 4 !== 0,
    });

    it('gives the traffic back and is patched in the next one', async () => {
      const model = modelHost([slowBackup(3)]);
      const { outcome } = await report(model, short);
      expect(outcome).toBe('patched');
      const { ran } = model.host;
      expect(ran.indexOf('undrain')).toBeLessThan(ran.indexOf('upgrade'));
      expect(ran.filter((step) => step === 'drain')).toHaveLength(2);
    });

    it('begins no change with less left than a whole cycle needs', async () => {
      // Two failures take four of the ten seconds.
      const slow: Fault = { step: 'backup', kind: 'throws-retryable', times: 2 };
      const model = modelHost([slow]);
      const { outcome } = await report(model, {
        ...short,
        limits: { ...short.limits, wholeCycle: '7s' },
      });
      expect(outcome).toBe('patched');
      expect(model.host.ran.filter((step) => step === 'drain')).toHaveLength(2);
    });

    it('leaves the approval of an unchanged plan in force', async () => {
      const model = modelHost([slowBackup(3)]);
      const approval = { required: true, expires: '72h' };
      const { outcome, decisions } = await withApprovals(model, { ...short, approval }, 1);
      expect(outcome).toBe('patched');
      expect(decisions).toHaveLength(1);
    });

    it('time after time fails the cycle with nothing changed, instead of draining the host for ever', async () => {
      const model = modelHost([slowBackup(Infinity)]);
      const { outcome, failures } = await report(model, short);
      expect(outcome).toBe('failed');
      expect(failures.at(-1)).toMatchObject({ type: 'WindowClosed' });
      expect(model.host).toMatchObject({ packages: 'old', drained: false, lockedBy: null });
    });
  });

  it('is asked about again when the plan drifted until it opened', async () => {
    const model = modelHost();
    const fields = { window: weekly, approval: { required: true, expires: '30d' } };
    const drift = () => (model.offer.version = '2.1');
    await passNoon();
    const { outcome, decisions, plan } = await withApprovals(model, fields, 2, drift);
    expect(outcome).toBe('patched');
    expect(decisions).toHaveLength(2);
    expect(plan?.rows[0]?.newVersion).toBe('2.1');
  });

  it('that is exactly as long as a whole cycle fails it with what to do, after some openings', async () => {
    const model = modelHost();
    const { outcome, failures } = await report(model, {
      window: { ...weekly, duration: '30m' },
      limits: { wholeCycle: '30m', agentAnswers: '5s' },
    });
    expect(outcome).toBe('failed');
    expect(failures.at(-1)).toMatchObject({
      type: 'WindowClosed',
      details: { remedy: expect.stringContaining('limits.wholeCycle') },
    });
    expect(model.host).toMatchObject({ packages: 'old', lockedBy: null });
  });

  it('that closed in the middle is overstepped only when a person was told so', async () => {
    const model = modelHost([{ step: 'upgrade', kind: 'throws-for-good', times: 1 }]);
    const fields = {
      onFailure: 'hold',
      window: { ...weekly, rrule: 'FREQ=DAILY', duration: '10m' },
      limits: { wholeCycle: '1m', agentAnswers: '5s', agentSilent: '1s', reboot: '1s' },
    };
    await bench.withAgent('wait-1', model, async () => {
      const handle = await bench.start(inputFor('wait-1', policyOf(fields)));
      const retry = () => handle.signal(MESSAGES.resolve, { by: 'ada', how: 'retry' });
      await passNoon();
      await untilState(handle, ({ state }) => state.name === 'needs-attention');
      await retry();
      await untilState(
        handle,
        ({ state }) => state.name === 'needs-attention' && state.failure.type === 'WindowClosed',
      );
      expect(model.host.packages).toBe('old');
      await retry();
      const { outcome, failures } = (await handle.result()) as Report;
      expect(outcome).toBe('patched');
      expect(failures.map(({ type }) => type)).toEqual(['PackageJobFailed', 'WindowClosed']);
    });
  });

  it('that never opens again fails the cycle with nothing changed', async () => {
    const model = modelHost();
    const { outcome, failures } = await report(model, {
      window: { ...weekly, rrule: 'FREQ=DAILY;UNTIL=20200101T000000Z' },
    });
    expect(outcome).toBe('failed');
    expect(failures[0]?.message).toMatch(/never opens/);
    expect(model.host.packages).toBe('old');
  });
});

describe('a blackout', () => {
  const WEEK_MS = 7 * DAY_MS;
  const blackout = (fromMs: number, toMs: number) => ({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    why: 'Christmas trade',
  });

  it('keeps the window closed for weeks, and says so', async () => {
    const model = modelHost();
    const now = await bench.env.currentTimeMs();
    const blackouts = [blackout(now - DAY_MS, now + 3 * WEEK_MS)];
    await bench.withAgent('wait-1', model, async () => {
      const policy = policyOf({ window: { ...weekly, duration: '2h' }, blackouts });
      const handle = await bench.start(inputFor('wait-1', policy));
      const { state } = await untilState(handle, (at) => at.state.name === 'awaiting-window');
      expect(state).toMatchObject({ blackouts: ['Christmas trade'] });
      const { outcome, steps } = (await handle.result()) as Report;
      expect(outcome).toBe('patched');
      const began = Date.parse(steps.find(({ step }) => step === 'upgrade')?.startedAt ?? '');
      expect(began).toBeGreaterThan(now + 3 * WEEK_MS);
      expect(began).toBeLessThan(now + 4 * WEEK_MS + DAY_MS);
    });
  });

  it('holds for a policy that has no window, which goes on when it is over', async () => {
    const now = await bench.env.currentTimeMs();
    const { outcome, steps } = await report(modelHost(), {
      blackouts: [blackout(now, now + WEEK_MS)],
    });
    expect(outcome).toBe('patched');
    const began = Date.parse(steps.find(({ step }) => step === 'drain')?.startedAt ?? '');
    expect(began).toBeGreaterThanOrEqual(now + WEEK_MS);
  });

  it('that leaves nothing open fails the cycle with nothing changed', async () => {
    const model = modelHost();
    const now = await bench.env.currentTimeMs();
    const { outcome, failures } = await report(model, {
      window: weekly,
      blackouts: [blackout(now, now + 5_000 * DAY_MS)],
    });
    expect(outcome).toBe('failed');
    expect(failures[0]?.message).toMatch(/never opens again outside its blackouts/);
    expect(model.host.packages).toBe('old');
  });
});

describe('a host whose agent does not answer', () => {
  it('fails the cycle in the time that the policy says, and still leaves a report', async () => {
    const handle = await bench.start(
      inputFor('nobody-1', policyOf({ limits: { agentAnswers: '2s' } })),
    );
    const { outcome, failures } = (await handle.result()) as Report;
    expect(outcome).toBe('failed');
    expect(failures[0]).toMatchObject({
      type: 'HostUnreachable',
      message: expect.stringContaining('nobody-1'),
    });
    expect(bench.stored.at(-1)?.host).toBe('nobody-1');
  });
});

describe('a signed approval about which the host could not be asked', () => {
  it('is refused, which says so, and taken when it is sent again', async () => {
    const timeout: Fault = { step: 'checkApproval', kind: 'times-out', times: 5 };
    const model = modelHost([timeout]);
    model.host.signedApprovals = true;
    const policy = policyOf({ approval: { required: true, expires: '30d' } });
    await bench.withAgent('wait-1', model, async () => {
      const handle = await bench.start(inputFor('wait-1', policy, { requestedBy: 'carol' }));
      const { plan } = await untilState(handle, ({ state }) => state.name === 'awaiting-approval');
      const words = {
        ...{ kind: 'approve', by: 'ada', digest: plan?.digest },
        ...{ signature: GOOD_SIGNATURE, expires: '2099-01-01T00:00:00.000Z' },
      };
      const decide = () =>
        handle.executeUpdate<string, [unknown]>(MESSAGES.decide, { args: [words] });
      const refused = expect(decide()).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/not heard of.*send the approval again/) },
      });
      // An update that is waited for lets no time pass.
      await untilState(handle, () => model.host.ran.includes('checkApproval'));
      await bench.env.sleep('2m');
      await refused;
      expect(model.struck.get(timeout)).toBe(5);
      const { refused: remembered } = await handle.query<CycleView>(MESSAGES.cycle);
      expect(remembered[0]?.why).toMatch(/agent of wait-1/);
      await decide();
      expect(((await handle.result()) as Report).outcome).toBe('patched');
    });
  });
});

describe('input that is no patch cycle', () => {
  it('fails the workflow at once and says which field is wrong', async () => {
    const handle = await bench.start({
      ...inputFor('wait-1', policyOf()),
      host: '-oProxyCommand=x',
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'BadInput', message: expect.stringContaining('host') },
    });
  });

  it('such as a window of which nobody can say when it opens fails it as well', async () => {
    const window = {
      rrule: 'FREQ=SOMETIMES',
      start: '02:00',
      duration: '4h',
      timeZone: 'Europe/Berlin',
    };
    const handle = await bench.start(inputFor('wait-1', policyOf({ window })));
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'BadInput', message: expect.stringContaining('policy.window') },
    });
  });
});
