import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Report } from '../../src/domain/report.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { modelHost, type Fault, type Model } from './support/model-host.ts';
import { timeSkippingEnvironment } from './support/environments.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await timeSkippingEnvironment());
});
afterAll(() => bench.stop());

async function report(model: Model, fields: Record<string, unknown>): Promise<Report> {
  return bench.withAgent('wait-1', model, async () => {
    const handle = await bench.start(inputFor('wait-1', policyOf(fields)));
    return (await handle.result()) as Report;
  });
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

describe('a maintenance window', () => {
  const weekly = {
    rrule: 'FREQ=WEEKLY;BYDAY=SA',
    start: '02:00',
    duration: '4h',
    timeZone: 'Europe/Berlin',
  };

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
    expect(model.host.ran.filter((step) => step === 'plan').length).toBeGreaterThanOrEqual(1);
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

    it('time after time fails the cycle with nothing changed, instead of draining the host for ever', async () => {
      const model = modelHost([slowBackup(Infinity)]);
      const { outcome, failures } = await report(model, short);
      expect(outcome).toBe('failed');
      expect(failures.at(-1)).toMatchObject({ type: 'WindowClosed' });
      expect(model.host).toMatchObject({ packages: 'old', drained: false, lockedBy: null });
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
