import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Report } from '../../src/domain/report.ts';
import type { HostActivities } from '../../src/domain/steps.ts';
import { CENTRAL_TASK_QUEUE, WORKFLOW_TYPES } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { FAULT_KINDS, modelHost, type Fault, type Model } from './support/model-host.ts';
import { timeSkippingEnvironment } from './support/environments.ts';

/**
 * The cycle as properties over its list of steps: whatever fault strikes whichever step, the host
 * ends all new or all old, drained and locked hosts are given back, and the report says so.
 */
const BEFORE_ANY_CHANGE = [
  'inspect',
  'refresh',
  'plan',
  'download',
  'drain',
  'baseline',
  'backup',
] as const;
const CHANGE = ['upgrade', 'securityUpdate', 'rebootAndWait', 'monitorLogs', 'verify'] as const;
const CLOSING = ['undrain', 'retention', 'report', 'release'] as const;
const STEPS = [...BEFORE_ANY_CHANGE, ...CHANGE, ...CLOSING];

/** A step that says nothing is waited for in real time; a good one that is taken for silent is only tried again. */
const LIMITS = { agentAnswers: '5s', agentSilent: '300ms', reboot: '300ms' };

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await timeSkippingEnvironment());
});
afterAll(() => bench.stop());

async function runCycle(model: Model): Promise<Report> {
  return bench.withAgent('model-1', model, async () => {
    const handle = await bench.start(inputFor('model-1', policyOf({ limits: LIMITS })));
    return (await handle.result()) as Report;
  });
}

function expectedOutcome(step: keyof HostActivities, lasting: boolean): Outcome {
  if (!lasting) return 'patched';
  if ((BEFORE_ANY_CHANGE as readonly string[]).includes(step)) return 'failed';
  return (CHANGE as readonly string[]).includes(step) ? 'restored' : 'patched';
}

function expectGivenBack({ host }: Model, outcome: Outcome): void {
  expect(host).toMatchObject({
    packages: outcome === 'patched' ? 'new' : 'old',
    drained: false,
    updaters: 'on',
    lockedBy: null,
  });
}

describe('a fault that passes', () => {
  const passing = STEPS.flatMap((step) =>
    FAULT_KINDS.filter((kind) => kind !== 'throws-for-good').map((kind): [string, Fault] => [
      `${step} ${kind}`,
      { step, kind, times: 1 },
    ]),
  );
  it.each(passing)('%s once, and the host is patched all the same', async (_, fault) => {
    const model = modelHost([fault]);
    const report = await runCycle(model);

    expect(model.struck.get(fault)).toBe(1);
    expect(report.outcome).toBe('patched');
    expectGivenBack(model, 'patched');
  });
});

describe('a fault that lasts', () => {
  const lasting = [
    ...BEFORE_ANY_CHANGE,
    'upgrade',
    'securityUpdate',
    'monitorLogs',
    'verify',
  ].flatMap((step) =>
    (['throws-retryable', 'throws-for-good'] as const).map((kind): [string, Fault] => [
      `${step} ${kind}`,
      { step: step as keyof HostActivities, kind },
    ]),
  );
  it.each(lasting)('%s every time, and the host is as it was', async (_, fault) => {
    const model = modelHost([fault]);
    const report = await runCycle(model);

    expect(model.struck.get(fault)).toBeGreaterThanOrEqual(1);
    const outcome = expectedOutcome(fault.step, true);
    expect(report.outcome).toBe(outcome);
    expect(report.failures[0]?.type).toBe(
      fault.kind === 'throws-retryable' ? 'CommandFailed' : 'PackageJobFailed',
    );
    expectGivenBack(model, outcome);
  });

  it('the lock is not given back, and the stored report tells it', async () => {
    const report = await runCycle(modelHost([{ step: 'release', kind: 'throws-for-good' }]));

    expect(report.outcome).toBe('patched');
    const stored = bench.stored.filter(({ cycle }) => cycle === report.cycle).at(-1);
    expect(stored?.failures).toHaveLength(1);
    expect(stored?.failures).toEqual(report.failures);
  });

  it.each(CHANGE.map((step) => [step]))(
    '%s fails for good, and the undos run in reverse',
    async (step) => {
      const model = modelHost([{ step, kind: 'throws-for-good' }]);
      await runCycle(model);

      const { ran } = model.host;
      const undos = ran
        .slice(ran.indexOf(step) + 1)
        .filter((name) => ['restore', 'proveRestored', 'undrain', 'release'].includes(name));
      expect(undos).toEqual(['restore', 'proveRestored', 'undrain', 'release']);
    },
  );
});

describe('each undo', () => {
  it.each([['restore'], ['proveRestored'], ['undrain']] as const)(
    '%s may run twice',
    async (undo) => {
      const twice: Fault = { step: undo, kind: 'runs-twice' };
      const model = modelHost([{ step: 'verify', kind: 'throws-for-good' }, twice]);
      const report = await runCycle(model);

      expect(model.struck.get(twice)).toBe(1);
      expect(report.outcome).toBe('restored');
      expectGivenBack(model, 'restored');
    },
  );

  it.each([['restore'], ['undrain']] as const)(
    '%s may be hit by a crash after its effect',
    async (undo) => {
      const crash: Fault = { step: undo, kind: 'crashes-after-its-effect', times: 1 };
      const model = modelHost([{ step: 'upgrade', kind: 'throws-for-good' }, crash]);
      const report = await runCycle(model);

      expect(model.struck.get(crash)).toBe(1);
      expect(report.outcome).toBe('restored');
      expectGivenBack(model, 'restored');
    },
  );
});

describe('a restore that finds that nothing had begun to change', () => {
  it('is reported as a failure before any change, and claims no proof that was not made', async () => {
    const model = modelHost([{ step: 'upgrade', kind: 'throws-for-good' }]);
    model.activities.restore = () => Promise.resolve(null);
    const report = await runCycle(model);

    expect(report).toMatchObject({ outcome: 'failed', restore: null });
    expect(report.explanation).not.toMatch(/put back|proven/);
    expectGivenBack(model, 'failed');
  });
});

describe('every ending that reaches the host', () => {
  it.each<[Outcome, Fault['step'] | null]>([
    ['failed', 'baseline'],
    ['restored', 'verify'],
    ['patched', null],
  ])('%s lets retention remove old backups', async (outcome, step) => {
    const model = modelHost(step === null ? [] : [{ step, kind: 'throws-for-good' }]);
    expect((await runCycle(model)).outcome).toBe(outcome);
    expect(model.host.ran.filter((name) => name === 'retention')).toHaveLength(1);
  });
});

describe('a cycle that inspect turned away', () => {
  it('leaves the backups and the lock of the cycle that has the host alone', async () => {
    const model = modelHost();
    model.host.lockedBy = 'another';
    const { outcome, failures } = await runCycle(model);
    expect(outcome).toBe('failed');
    expect(failures.map(({ type }) => type)).toEqual(['HostLocked']);
    expect(model.host.lockedBy).toBe('another');
    expect(model.host.ran).not.toContain('retention');
  });
});

describe('a host that was gone for its last step and is back', () => {
  it('gets its report and is unlocked all the same', async () => {
    const model = modelHost([{ step: 'inspect', kind: 'crashes-after-its-effect' }]);
    const { outcome, failures } = await runCycle(model);
    expect(outcome).toBe('failed');
    expect(failures.map(({ type }) => type)).toEqual(['HostUnreachable']);
    expect(model.host.lockedBy).toBeNull();
  });
});

describe('a plan that is empty because fixes had to be left out', () => {
  it('ends up to date, and the explanation names what is missing', async () => {
    const model = modelHost();
    Object.assign(model.offer, { changes: 0, leftOut: ['openssl 3.0.2: it is held.'] });
    const report = await runCycle(model);
    expect(report.outcome).toBe('up-to-date');
    expect(report.explanation).toContain('openssl 3.0.2: it is held.');
    expect(report.explanation).not.toMatch(/nothing to do/i);
  });
});

describe('a plan without a cycle', () => {
  it('refreshes, plans, and deletes what it downloaded to read changelogs', async () => {
    const model = modelHost();
    const plan = await bench.withAgent('model-1', model, () =>
      bench.env.client.workflow.execute(WORKFLOW_TYPES.planHost, {
        taskQueue: CENTRAL_TASK_QUEUE,
        workflowId: 'plan/model-1',
        args: [inputFor('model-1', policyOf())],
      }),
    );
    expect(plan).toMatchObject({ changeCount: 2, securityCount: 2 });
    expect(model.host.ran).toEqual(['refresh', 'plan', 'release']);
  });
});
