import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { RolloutView } from '../../src/domain/rollout.ts';
import type { Report } from '../../src/domain/report.ts';
import { SlotBook } from '../../src/domain/slot.ts';
import { budgetWorkflowId, MESSAGES, patchWorkflowId } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { timeSkippingEnvironment } from './support/environments.ts';
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
import { modelHost } from './support/model-host.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await timeSkippingEnvironment());
});
afterAll(() => bench.stop());

const TYPES = proto.temporal.api.enums.v1.EventType;
const TASK_COMPLETED = TYPES.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
const TASK_EVENTS = [
  TYPES.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  TYPES.EVENT_TYPE_WORKFLOW_TASK_STARTED,
  TASK_COMPLETED,
];

const ASKS = { approval: { required: true, expires: '30d' } };

const resultOf = async (handle: { result(): Promise<unknown> }) =>
  RolloutView.parse(await handle.result());

const asks = ({ members }: RolloutView, host: string) =>
  members.some(
    ({ host: name, standing }) =>
      name === host && standing.is === 'running' && standing.at === 'awaiting-approval',
  );

const foundBusy = ({ members }: RolloutView, host: string) =>
  members.some(
    ({ host: name, standing }) =>
      name === host && standing.is === 'waiting' && standing.busyUntil !== undefined,
  );

/** Approves the plan that the host's cycle asks about. */
async function approve(host: string): Promise<void> {
  const cycle = bench.env.client.workflow.getHandle(patchWorkflowId(host));
  const { plan } = await cycle.query<{ plan: { digest: string } }>(MESSAGES.cycle);
  await cycle.signal(MESSAGES.approve, { by: 'ada', digest: plan.digest });
}

async function reportOf(host: string): Promise<Report> {
  return (await bench.env.client.workflow.getHandle(patchWorkflowId(host)).result()) as Report;
}

/** One after another: the time-skipping server loses count of who waits when several begin at once. */
async function reportsOf(hosts: string[]): Promise<Report[]> {
  const reports: Report[] = [];
  for (const host of hosts) reports.push(await reportOf(host));
  return reports;
}

describe('between two waves', () => {
  it('the hosts of the first are watched for as long as the policy says', async () => {
    await withFleet(bench, goodHosts('soak', 2), async () => {
      const input = rolloutOf([['soak-1'], ['soak-2']], { soak: '150m' });
      await resultOf(await startRollout(bench, 'soaks', input));
      const [first, second] = await reportsOf(['soak-1', 'soak-2']);
      const passedMs = Date.parse(second?.startedAt ?? '') - Date.parse(first?.endedAt ?? '');
      expect(passedMs).toBeGreaterThanOrEqual(150 * 60_000);
    });
  });
});

describe('a host whose other cycle runs', () => {
  it('is tried again until that one is over, and then found up to date', async () => {
    await withFleet(bench, goodHosts('busy', 1), async () => {
      const other = await startRollout(bench, 'asks', rolloutOf([['busy-1']], { policy: ASKS }));
      await untilRollout(other, (view) => asks(view, 'busy-1'));
      const handle = await startRollout(bench, 'busy', rolloutOf([['busy-1']]));
      await bench.env.sleep('12m');
      expect((await viewOf(handle)).members[0]?.standing.is).toBe('waiting');
      await approve('busy-1');
      expect(endingsOf(await resultOf(other))).toEqual({ 'busy-1': 'patched' });
      expect(endingsOf(await resultOf(handle))).toEqual({ 'busy-1': 'up-to-date' });
    });
  });
});

describe('a host of two rollouts', () => {
  it('is tried again by the second after the first has ended, and counts in each as it ended there', async () => {
    const fails = modelHost([
      { step: 'verify', kind: 'throws-for-good', type: 'HealthWorse', times: 2 },
    ]);
    const fleet = { 'both-1': fails, ...goodHosts('either', 2) };
    await withFleet(bench, fleet, async () => {
      const group = { groups: ['both'], budgets: [{ group: 'both', slots: 1 }] };
      const first = await startRollout(
        bench,
        'both-first',
        rolloutOf([['both-1'], ['either-1']], { ...group, policy: ASKS }),
      );
      await untilRollout(first, (view) => asks(view, 'both-1'));
      const second = await startRollout(
        bench,
        'both-second',
        rolloutOf([['both-1'], ['either-2']], group),
      );
      await untilRollout(second, (view) => foundBusy(view, 'both-1'));
      await approve('both-1');
      await untilRollout(first, ({ state }) => state.name === 'halted');
      await decide(first, { kind: 'resume', by: 'ada', why: 'one host is not all of them' });
      await untilRollout(first, (view) => asks(view, 'either-1'));
      await approve('either-1');
      const ended = { 'both-1': 'restored', 'either-1': 'patched' };
      expect(endingsOf(await resultOf(first))).toEqual(ended);

      await bench.env.sleep('12m');
      const halted = await untilRollout(second, ({ state }) => state.name === 'halted');
      expect(endingsOf(halted)).toEqual({ 'both-1': 'restored', 'either-2': 'waiting' });
      await decide(second, { kind: 'retry', host: 'both-1', by: 'ada' });
      await decide(second, { kind: 'resume', by: 'ada', why: 'the disk was full' });
      expect(endingsOf(await resultOf(second))).toEqual({
        'both-1': 'patched',
        'either-2': 'patched',
      });
      expect(endingsOf(await viewOf(first))).toEqual(ended);
      expect(fails.host).toMatchObject({ packages: 'new', lockedBy: null });
      expect(fails.host.ran.filter((step) => step === 'inspect')).toHaveLength(3);
    });
  });
});

describe('a wave in nightly windows, with a budget of one', () => {
  it('takes as many nights as it needs, and no host begins outside of one', async () => {
    const window = { rrule: 'FREQ=DAILY', start: '02:00', duration: '8s', timeZone: 'Etc/UTC' };
    const policy = { window, limits: { wholeCycle: '5s', agentAnswers: '5s', agentSilent: '1s' } };
    // Two failures take four seconds, so that there is room for one host a night.
    const slow = () => modelHost([{ step: 'monitorLogs', kind: 'throws-retryable', times: 2 }]);
    const fleet = { 'night-1': slow(), 'night-2': slow(), 'night-3': slow() };
    await withFleet(bench, fleet, async () => {
      const input = rolloutOf([Object.keys(fleet)], {
        ...{ policy, groups: ['night'], budgets: [{ group: 'night', slots: 1 }] },
      });
      const view = await resultOf(await startRollout(bench, 'nights', input));
      expect(new Set(Object.values(endingsOf(view)))).toEqual(new Set(['patched']));
      const reports = await reportsOf(Object.keys(fleet));
      const begun = reports.map(
        ({ steps }) => steps.find(({ step }) => step === 'upgrade')?.startedAt ?? '',
      );
      for (const at of begun) expect(at.slice(11, 13)).toBe('02');
      expect(new Set(begun.map((at) => at.slice(0, 10))).size).toBe(3);
    });
  });
});

describe('a rollout that has halted', () => {
  it('tells people so every day until somebody decides', async () => {
    await withFleet(bench, { 'daily-1': modelHost([BROKEN]) }, async () => {
      const handle = await startRollout(bench, 'daily', rolloutOf([['daily-1'], ['daily-2']]));
      await untilRollout(handle, ({ state }) => state.name === 'halted');
      await bench.env.sleep('50h');
      const told = bench.notices.filter(({ subject }) => subject === 'rollout daily halted');
      expect(told).toHaveLength(3);
      await decide(handle, { kind: 'abort', by: 'ada' });
      await resultOf(handle);
    });
  });
});

describe('a cycle that somebody ended from outside', () => {
  it('is found in the book of its group without anybody asking, and its slot stays', async () => {
    await withFleet(bench, { 'found-1': modelHost([BROKEN]) }, async () => {
      await leaveHolding('found-1', 'found');
      await bench.env.sleep('11m');
      expect(await holdersOf('found')).toMatchObject([{ host: 'found-1', gone: 'terminated' }]);
      await endAtRest(budgetWorkflowId('found'));
    });
  });

  it('is found also after an hour in which Temporal could not be asked, and meanwhile no slot is lost', async () => {
    await withFleet(bench, { 'hour-1': modelHost([BROKEN]) }, async () => {
      await leaveHolding('hour-1', 'hour');
      bench.answers.closedRuns = false;
      await bench.env.sleep('1h');
      expect(await holdersOf('hour')).toMatchObject([{ host: 'hour-1' }]);
      bench.answers.closedRuns = true;
      await bench.env.sleep('11m');
      expect(await holdersOf('hour')).toMatchObject([{ host: 'hour-1', gone: 'terminated' }]);
      await endAtRest(budgetWorkflowId('hour'));
    });
  });

  it.each([
    ['is found by a rollout whose earlier run had started it', 'carry', true],
    ['is found by it also when Temporal could not be asked at first', 'late', false],
  ])('%s', async (_, name, answers) => {
    await withFleet(bench, goodHosts(name, 2), async () => {
      const input = rolloutOf([[`${name}-1`], [`${name}-2`]], { policy: ASKS });
      const first = await startRollout(bench, name, input);
      const { members, ...rest } = await untilRollout(first, (view) => asks(view, `${name}-1`));
      await endAtRest(first.workflowId);
      await endAtRest(patchWorkflowId(`${name}-1`));
      const { startedAt, state, wave, approved, decisions, refused, refusedCount } = rest;
      const progress = {
        members,
        startedAt,
        state,
        wave,
        approved,
        decisions,
        refused,
        refusedCount,
      };
      bench.answers.closedRuns = answers;
      const next = await startRollout(bench, name, { ...input, progress });
      if (!answers) await bench.env.sleep('5m');
      bench.answers.closedRuns = true;
      if (!answers) await bench.env.sleep('1h');
      const halted = await untilRollout(next, (view) => view.state.name === 'halted');
      expect(endingsOf(halted)).toEqual({ [`${name}-1`]: 'lost', [`${name}-2`]: 'waiting' });
      await endAtRest(next.workflowId);
    });
  });
});

const BROKEN = { step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' } as const;

/** A cycle of the host is ended from outside while it needs attention and holds a slot of the group. */
async function leaveHolding(host: string, group: string): Promise<void> {
  const budgets = [{ group, slots: 1 }];
  const handle = await bench.start(
    inputFor(host, policyOf({ onFailure: 'hold' }), { groups: [group], budgets }),
  );
  await untilItNeedsAttention(handle);
  await endAtRest(handle.workflowId);
}

async function holdersOf(group: string): Promise<SlotBook['holders']> {
  const book = bench.env.client.workflow.getHandle(budgetWorkflowId(group));
  return SlotBook.parse(await book.query(MESSAGES.budget)).holders;
}

async function untilItNeedsAttention(handle: WorkflowHandle): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const { state } = await handle.query<{ state: { name: string } }>(MESSAGES.cycle);
    if (state.name === 'needs-attention') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`It never came there: ${JSON.stringify(await handle.query(MESSAGES.cycle))}`);
}

/**
 * Ends a workflow when nothing of it is at work: the test server never skips time again when one is
 * terminated while an activity or a workflow task of it runs.
 */
async function endAtRest(workflowId: string): Promise<void> {
  const handle = bench.env.client.workflow.getHandle(workflowId);
  for (let tries = 0; tries < 300; tries++) {
    if (await isAtRest(handle)) return void (await handle.terminate());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${workflowId} never came to rest`);
}

async function isAtRest(handle: WorkflowHandle): Promise<boolean> {
  const { raw } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const task = events?.findLast(({ eventType }) => TASK_EVENTS.some((type) => type === eventType));
  return (raw.pendingActivities ?? []).length === 0 && task?.eventType === TASK_COMPLETED;
}
