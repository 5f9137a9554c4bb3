import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connect,
  CycleAlreadyRunning,
  DecisionRefused,
  NoCycle,
  NoReport,
  NotEnded,
  PlanFailed,
  WaitedTooLong,
  type HostStatus,
  type PatchcycleClient,
  type PatchRequest,
} from '../../src/client/index.ts';
import type { CycleStateName } from '../../src/domain/cycle.ts';
import {
  openCycleBench,
  withCycleOf,
  policyOf,
  type CycleBench,
} from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { modelHost, type Model } from '../workflows/support/model-host.ts';

let bench: CycleBench;
let client: PatchcycleClient;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
  client = await connect({ address: bench.env.address, uiUrl: 'http://ui.example' });
});
afterAll(async () => {
  await client.close();
  await bench.stop();
});

let hosts = 0;
const ASKS = { approval: { required: true, expires: '1h' } };

function request(host: string, fields: Record<string, unknown> = {}): PatchRequest {
  return { host, policy: policyOf(fields), requestedBy: 'tester' };
}

async function onHost(
  work: (host: string, model: Model) => Promise<void>,
  model = modelHost(),
): Promise<void> {
  const host = `client-${++hosts}`;
  await withCycleOf(bench, host, model, () => work(host, model));
}

async function until(host: string, state: CycleStateName): Promise<HostStatus> {
  for (let tries = 0; tries < 300; tries++) {
    const status = await client.status(host);
    if (status.cycle?.state.name === state) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${host} never came to ${state}`);
}

function digestOf({ cycle }: HostStatus): string {
  if (!cycle?.plan) throw new Error('There is no plan yet');
  return cycle.plan.digest;
}

describe('a patch cycle that is started by the client', () => {
  it('runs to its end, and the client waits for its report', () =>
    onHost(async (host, model) => {
      const started = await client.startPatch({ ...request(host), reason: 'because' });
      expect(started).toMatchObject({ host, workflowId: `patch/${host}` });
      expect(started.link).toBe(
        `http://ui.example/namespaces/default/workflows/patch%2F${host}/${started.runId}`,
      );
      const report = await client.waitForReport(host, { runId: started.runId });
      expect(report).toMatchObject({ outcome: 'patched', host, reason: 'because' });
      expect(model.host.packages).toBe('new');
      expect(await client.report(host)).toEqual(report);
      expect(await client.status(host)).toMatchObject({
        running: false,
        cycle: null,
        note: null,
        report: { outcome: 'patched' },
      });
    }));

  it('is the only one of its host: a second start names it, with its link', () =>
    onHost(async (host) => {
      const first = await client.startPatch(request(host, ASKS));
      const second = client.startPatch(request(host, ASKS));
      await expect(second).rejects.toBeInstanceOf(CycleAlreadyRunning);
      await expect(second).rejects.toMatchObject({
        host,
        runId: first.runId,
        link: first.link,
        startedAt: expect.stringMatching(/^\d{4}-/),
        remedy: expect.stringContaining(`patchcycle status ${host}`),
      });
      await expect(second).rejects.toThrow(first.runId);
    }));

  it('is one of fifty that are started at once, and the others all name it', () =>
    onHost(async (host) => {
      const starts = await Promise.allSettled(
        Array.from({ length: 50 }, () => client.startPatch(request(host, ASKS))),
      );
      const [won, ...more] = starts.flatMap((start) =>
        start.status === 'fulfilled' ? [start.value.runId] : [],
      );
      expect(more).toEqual([]);
      const lost = starts.flatMap((start) =>
        start.status === 'rejected' ? [start.reason as unknown] : [],
      );
      expect(lost).toHaveLength(49);
      for (const error of lost)
        expect(error).toMatchObject({ name: 'CycleAlreadyRunning', runId: won });
    }));

  it('is in the list with its state, policy and size of the plan', () =>
    onHost(async (host) => {
      await client.startPatch(request(host, ASKS));
      await until(host, 'awaiting-approval');
      for (let tries = 0; tries < 100; tries++) {
        const listed = (await client.list()).find((entry) => entry.host === host);
        if (listed?.state === 'awaiting-approval') {
          expect(listed).toMatchObject({
            running: true,
            policy: 'test',
            outcome: null,
            packages: 2,
          });
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error('The list never showed the cycle');
    }));

  it('has no report while it runs', () =>
    onHost(async (host) => {
      await client.startPatch(request(host, ASKS));
      await expect(client.report(host)).rejects.toBeInstanceOf(NotEnded);
    }));

  it('is waited for no longer than asked, and goes on', () =>
    onHost(async (host) => {
      await client.startPatch(request(host, ASKS));
      await expect(client.waitForReport(host, { timeoutMs: 200 })).rejects.toBeInstanceOf(
        WaitedTooLong,
      );
      expect(await until(host, 'awaiting-approval')).toMatchObject({ running: true });
    }));

  it('is left alone when its waiting is stopped, with the reason of the one who stopped', () =>
    onHost(async (host) => {
      await client.startPatch(request(host, ASKS));
      const why = new Error('lunch');
      const stop = new AbortController();
      const waiting = client.waitForReport(host, { signal: stop.signal });
      stop.abort(why);
      await expect(waiting).rejects.toBe(why);
      expect(await until(host, 'awaiting-approval')).toMatchObject({ running: true });
    }));

  it('that was ended from outside has no report, and says so', () =>
    onHost(async (host) => {
      const { workflowId } = await client.startPatch(request(host, ASKS));
      await until(host, 'awaiting-approval');
      await bench.env.client.workflow.getHandle(workflowId).terminate('by hand');
      await expect(client.report(host)).rejects.toBeInstanceOf(NoReport);
      expect(await client.status(host)).toMatchObject({
        running: false,
        report: null,
        note: expect.stringContaining('by hand'),
      });
    }));
});

describe('a decision', () => {
  it('that is right is taken, and the cycle goes on at once', () =>
    onHost(async (host) => {
      await client.startPatch(request(host, ASKS));
      const digest = digestOf(await until(host, 'awaiting-approval'));
      await client.approve(host, { by: 'Ada', digest, why: 'tested' });
      const report = await client.waitForReport(host);
      expect(report).toMatchObject({ outcome: 'patched' });
      expect(report.decisions).toMatchObject([{ decision: { kind: 'approve', by: 'Ada' } }]);
    }));

  it('about another plan is refused at once with the reason, and the cycle waits on', () =>
    onHost(async (host) => {
      await client.startPatch(request(host, ASKS));
      const digest = digestOf(await until(host, 'awaiting-approval'));
      const wrong = client.approve(host, { by: 'Ada', digest: 'f'.repeat(64) });
      await expect(wrong).rejects.toBeInstanceOf(DecisionRefused);
      await expect(wrong).rejects.toThrow(digest);
      expect(await client.status(host)).toMatchObject({ cycle: { decisions: [] } });
    }));

  it('that does not fit the state is refused with what the cycle does instead', () =>
    onHost(async (host) => {
      await client.startPatch(request(host, ASKS));
      await until(host, 'awaiting-approval');
      await expect(client.resolve(host, { by: 'Ada', how: 'retry' })).rejects.toThrow(
        /awaiting-approval.*needs attention/,
      );
    }));

  it('to reject ends the cycle with the host untouched', () =>
    onHost(async (host, model) => {
      await client.startPatch(request(host, ASKS));
      const digest = digestOf(await until(host, 'awaiting-approval'));
      await client.reject(host, { by: 'Ada', digest });
      expect(await client.waitForReport(host)).toMatchObject({ outcome: 'rejected' });
      expect(model.host.packages).toBe('old');
    }));

  it('to abort ends the cycle with the host untouched', () =>
    onHost(async (host, model) => {
      await client.startPatch(request(host, ASKS));
      await until(host, 'awaiting-approval');
      await client.abort(host, { by: 'Ada', why: 'wrong host' });
      expect(await client.waitForReport(host)).toMatchObject({ outcome: 'aborted' });
      expect(model.host.packages).toBe('old');
    }));

  it('to restore puts a host back that needs attention', () =>
    onHost(
      async (host, model) => {
        await client.startPatch(request(host, { onFailure: 'hold' }));
        await until(host, 'needs-attention');
        await client.resolve(host, { by: 'Ada', how: 'restore' });
        expect(await client.waitForReport(host)).toMatchObject({ outcome: 'restored' });
        expect(model.host.packages).toBe('old');
      },
      modelHost([{ step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' }]),
    ));

  it.each([
    ['without a name', { by: '', digest: 'a'.repeat(64) }],
    ['with a name that colours', { by: '\u001B[31m', digest: 'a'.repeat(64) }],
    ['with half a digest', { by: 'Ada', digest: 'a'.repeat(12) }],
    ['with a field too many', { by: 'Ada', digest: 'a'.repeat(64), force: true }],
  ])('%s is refused without being sent', async (_what, words) => {
    await expect(client.approve('client-0', words)).rejects.toMatchObject({ name: 'BadRequest' });
  });

  it('about a host without a running cycle is refused', async () => {
    await expect(client.abort('never-patched', { by: 'Ada' })).rejects.toBeInstanceOf(NoCycle);
  });
});

describe('a plan alone', () => {
  it('changes nothing and shows what would change', () =>
    onHost(async (host, model) => {
      const plan = await client.planOnly(request(host));
      expect(plan).toMatchObject({ changeCount: 2, rows: [{ name: 'alpha' }, { name: 'beta' }] });
      expect(model.host).toMatchObject({ packages: 'old', drained: false, backup: 'none' });
      expect(model.host.ran).toEqual(['refresh', 'plan', 'release']);
    }));

  it('that the host cannot make fails with what the host said', () =>
    onHost(
      async (host) => {
        const planning = client.planOnly(request(host));
        await expect(planning).rejects.toBeInstanceOf(PlanFailed);
        await expect(planning).rejects.toMatchObject({
          failureType: 'SignatureInvalid',
          remedy: expect.stringContaining('this is a test'),
        });
      },
      modelHost([{ step: 'refresh', kind: 'throws-for-good', type: 'SignatureInvalid' }]),
    ));

  it('of a host that does not answer is waited for as long as asked, and then stopped', async () => {
    const planning = client.planOnly(request('nobody-there'), { timeoutMs: 300 });
    await expect(planning).rejects.toBeInstanceOf(WaitedTooLong);
    const { status } = await bench.env.client.workflow.getHandle('plan/nobody-there').describe();
    expect(['RUNNING', 'CANCELLED']).toContain(status.name);
  });
});

describe('a request that is wrong', () => {
  it.each([
    ['a host that is a command', { ...request('x'), host: '$(reboot)' }],
    [
      'a policy that does not exist in this form',
      { ...request('x'), policy: { name: 'x', scope: 'most' } },
    ],
    ['a cycle to take over that is none', { ...request('x'), takeOver: 'yesterday' }],
  ])('(%s) starts nothing', async (_what, wrong) => {
    await expect(client.startPatch(wrong as PatchRequest)).rejects.toMatchObject({
      name: 'BadRequest',
      message: expect.stringContaining('Nothing was started'),
    });
  });
});

describe('what is asked about a host', () => {
  it('that never had a cycle is answered with how to start one', async () => {
    await expect(client.status('never-patched')).rejects.toMatchObject({
      name: 'NoCycle',
      remedy: expect.stringContaining('patchcycle patch never-patched'),
    });
  });

  it('shows whether its agent and a central worker ask for work', () =>
    onHost(async (host) => {
      for (let tries = 0; tries < 100; tries++) {
        if ((await client.agentPollers(host)).identities.length > 0) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(await client.agentPollers(host)).toMatchObject({
        taskQueue: `patchcycle-host-${host}`,
        identities: [expect.any(String)],
      });
      expect((await client.centralPollers()).identities).toHaveLength(1);
      expect(await client.agentPollers('nobody-there')).toMatchObject({
        identities: [],
        lastSeenAt: null,
      });
    }));

  it('needs the search attributes, which are all there', async () => {
    expect(await client.missingSearchAttributes()).toEqual([]);
  });
});

describe('closing', () => {
  it('ends what is waited for with an error, and leaves the cycle alone', () =>
    onHost(async (host) => {
      const other = await connect({ address: bench.env.address });
      await other.startPatch(request(host, ASKS));
      const waiting = expect(other.waitForReport(host)).rejects.toThrow(/was closed/);
      await other.close();
      await waiting;
      expect(await until(host, 'awaiting-approval')).toMatchObject({ running: true });
    }));
});

describe('connecting', () => {
  it('to a namespace that does not exist is told as such', async () => {
    const other = await connect({ address: bench.env.address, namespace: 'not-there' });
    try {
      await expect(other.status('web-1')).rejects.toMatchObject({
        name: 'TemporalRefused',
        message: expect.stringContaining('not-there'),
      });
    } finally {
      await other.close();
    }
  });

  it('to where nobody listens fails within the time asked for', async () => {
    await expect(connect({ address: '127.0.0.1:1', timeoutMs: 300 })).rejects.toMatchObject({
      name: 'TemporalUnreachable',
      message: expect.stringContaining('127.0.0.1:1'),
    });
  });
});
