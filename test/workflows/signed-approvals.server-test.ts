import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { CycleView } from '../../src/domain/cycle.ts';
import { REFUSED_MESSAGES_MAX, SIGNED_APPROVALS_CHECKED_MAX } from '../../src/domain/decision.ts';
import type { Report } from '../../src/domain/report.ts';
import type { HostActivities } from '../../src/domain/steps.ts';
import { MESSAGES } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { GOOD_SIGNATURE, modelHost, type Fault, type Model } from './support/model-host.ts';
import { devServerEnvironment } from './support/environments.ts';

const BAD_SIGNATURE = GOOD_SIGNATURE.replace('Z29vZA==', 'YmFk');
const expires = '2099-01-01T00:00:00.000Z';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
});
afterAll(() => bench.stop());

let hosts = 0;

type Waiting = { handle: WorkflowHandle; model: Model; digest: string; name: string };

/** Runs the work on a cycle that waits for approval, of a host that takes only signed ones. */
async function whileItWaits(
  work: (waiting: Waiting) => Promise<void>,
  faults: readonly Fault[] = [],
  model: Model = modelHost(faults),
): Promise<void> {
  const name = `signed-${++hosts}`;
  model.host.signedApprovals = true;
  const policy = policyOf({ approval: { required: true, expires: '1h' } });
  await bench.withAgent(name, model, async () => {
    const handle = await bench.start(inputFor(name, policy, { requestedBy: 'carol' }));
    try {
      const { plan } = await until(handle, ({ state }) => state.name === 'awaiting-approval');
      await work({ handle, model, digest: plan?.digest ?? '', name });
    } finally {
      await handle.terminate('the test is over').catch((error: Error) => {
        if (error.name !== 'WorkflowNotFoundError') throw error;
      });
    }
  });
}

const view = (handle: WorkflowHandle) => handle.query<CycleView>(MESSAGES.cycle);

async function until(
  handle: WorkflowHandle,
  holds: (view: CycleView) => boolean,
): Promise<CycleView> {
  for (let tries = 0; tries < 600; tries++) {
    const now = await view(handle);
    if (holds(now)) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The cycle never came to it: ${JSON.stringify(await view(handle))}`);
}

const decide = (handle: WorkflowHandle, decision: Record<string, unknown>) =>
  handle.executeUpdate<string, [unknown]>(MESSAGES.decide, { args: [decision] });

const checks = ({ host }: Model) => host.ran.filter((step) => step === 'checkApproval').length;

async function untilAsked(model: Model): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (checks(model) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`The host was never asked about an approval, but ran ${model.host.ran.join()}`);
}

async function updatesAccepted(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter((event) =>
    Boolean(event.workflowExecutionUpdateAcceptedEventAttributes),
  ).length;
}

describe('a cycle of a host that takes only signed approvals', () => {
  it('shows what a signature has to name, and a command with a key', () =>
    whileItWaits(async ({ handle, digest, name }) => {
      const { workflowId } = handle;
      const { runId } = await handle.describe();
      const now = await view(handle);
      const signing = { namespace: bench.env.namespace ?? 'default', workflowId, runId };
      expect(now.state).toMatchObject({ digest, signing });
      expect((await bench.untilTold({ about: name })).command).toContain('--key FILE');
    }));

  it('refuses an unsigned approval at once, without asking the host, and waits on', () =>
    whileItWaits(async ({ handle, model, digest }) => {
      const before = await view(handle);
      await handle.signal(MESSAGES.approve, { by: 'ada', digest });
      const now = await view(handle);
      expect(now.state).toEqual(before.state);
      expect(now.refused).toMatchObject([
        { by: 'ada', why: expect.stringMatching(/not signed.*--key FILE/) },
      ]);
      const refused = decide(handle, { kind: 'approve', by: 'ada', digest });
      await expect(refused).rejects.toMatchObject({
        cause: { message: expect.stringContaining('not signed') },
      });
      expect(await updatesAccepted(handle)).toBe(0);
      expect(checks(model)).toBe(0);
    }));

  it('refuses an approval by whoever asked for the cycle, without asking the host', () =>
    whileItWaits(async ({ handle, model, digest }) => {
      await handle.signal(MESSAGES.approve, {
        ...{ by: 'Carol', digest, signature: GOOD_SIGNATURE, expires },
      });
      const now = await view(handle);
      expect(now.refused[0]?.why).toMatch(/nobody approves their own/);
      expect(now.state.name).toBe('awaiting-approval');
      expect(checks(model)).toBe(0);
    }));

  it('records that the host refused a signature, waits on with the same expiry, and takes a good one', () =>
    whileItWaits(async ({ handle, digest }) => {
      const before = await view(handle);
      const words = { by: 'ada', digest, expires };
      await handle.signal(MESSAGES.approve, { ...words, signature: BAD_SIGNATURE });
      const now = await until(handle, ({ refusedCount }) => refusedCount === 1);
      expect(now.refused[0]?.why).toMatch(/PlanNotApproved/);
      expect(now.state).toEqual(before.state);
      expect(now.decisions).toEqual([]);

      await handle.signal(MESSAGES.approve, { ...words, signature: GOOD_SIGNATURE });
      const report = (await handle.result()) as Report;
      expect(report).toMatchObject({
        outcome: 'patched',
        approvedBy: expect.stringMatching(/^ada at .*, signed$/),
        refusedCount: 1,
      });
    }));

  it('tells the sender of an update what the host says', () =>
    whileItWaits(async ({ handle, digest }) => {
      const words = { kind: 'approve', by: 'ada', digest, expires };
      const bad = decide(handle, { ...words, signature: BAD_SIGNATURE });
      await expect(bad).rejects.toThrow(WorkflowUpdateFailedError);
      await expect(bad).rejects.toMatchObject({
        cause: { type: 'DecisionRefused', message: expect.stringMatching(/PlanNotApproved/) },
      });
      expect(await view(handle)).toMatchObject({
        state: { name: 'awaiting-approval' },
        refusedCount: 1,
      });
      await decide(handle, { ...words, signature: GOOD_SIGNATURE });
      expect(((await handle.result()) as Report).outcome).toBe('patched');
    }));

  it('hands the signature on to the steps that change the host', () => {
    const model = modelHost();
    const seen: unknown[] = [];
    const securityUpdate: HostActivities['securityUpdate'] =
      model.activities.securityUpdate.bind(null);
    model.activities.securityUpdate = (input) => {
      seen.push(input.approval);
      return securityUpdate(input);
    };
    return whileItWaits(
      async ({ handle, digest }) => {
        const words = { by: 'ada', digest, expires, signature: GOOD_SIGNATURE };
        await handle.signal(MESSAGES.approve, words);
        await handle.result();
        expect(seen).toMatchObject([{ kind: 'person', ...words }]);
      },
      [],
      model,
    );
  });

  it('heeds a rejection without a signature', () =>
    whileItWaits(async ({ handle, digest }) => {
      await handle.signal(MESSAGES.reject, { by: 'ada', digest });
      expect(((await handle.result()) as Report).outcome).toBe('rejected');
    }));

  it('of 300 bad approvals asks the host about 20, remembers 20, and is rejected as ever', () =>
    whileItWaits(async ({ handle, model, digest }) => {
      const words = { by: 'eve', digest, expires };
      for (let sent = 0; sent < 150; sent++) {
        await Promise.all([
          handle.signal(MESSAGES.approve, { by: 'eve', digest }),
          handle.signal(MESSAGES.approve, { ...words, signature: BAD_SIGNATURE }),
        ]);
      }
      const now = await until(handle, ({ refusedCount }) => refusedCount === 300);
      expect(now.state.name).toBe('awaiting-approval');
      expect(now.refused).toHaveLength(REFUSED_MESSAGES_MAX);
      expect(checks(model)).toBe(SIGNED_APPROVALS_CHECKED_MAX);
      const more = decide(handle, { kind: 'approve', ...words, signature: GOOD_SIGNATURE });
      await expect(more).rejects.toMatchObject({
        cause: { message: expect.stringContaining('about no more') },
      });
      await decide(handle, { kind: 'reject', by: 'ada', digest });
      expect(((await handle.result()) as Report).refusedCount).toBe(300);
    }));

  it('answers who waits for the host when the cycle is aborted meanwhile', () =>
    whileItWaits(
      async ({ handle, model, digest }) => {
        const words = { kind: 'approve', by: 'ada', digest, expires, signature: GOOD_SIGNATURE };
        const waiting = decide(handle, words);
        const refused = expect(waiting).rejects.toMatchObject({
          cause: { message: expect.stringContaining('waits for no approval any more') },
        });
        await untilAsked(model);
        await decide(handle, { kind: 'abort', by: 'carol' });
        await refused;
        expect(((await handle.result()) as Report).outcome).toBe('aborted');
        expect(model.host.packages).toBe('old');
      },
      [{ step: 'checkApproval', kind: 'times-out' }],
    ));

  it('takes nothing signed for an earlier plan', () =>
    whileItWaits(async ({ handle, model }) => {
      await handle.signal(MESSAGES.approve, {
        ...{ by: 'ada', digest: 'f'.repeat(64), signature: GOOD_SIGNATURE, expires },
      });
      expect((await view(handle)).refused[0]?.why).toMatch(/plan in question/);
      expect(checks(model)).toBe(0);
    }));
});
