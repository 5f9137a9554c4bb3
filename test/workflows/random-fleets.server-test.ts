import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import fc from 'fast-check';
import type { RolloutMember, RolloutView } from '../../src/domain/rollout.ts';
import { countOf } from '../../src/planning/amount.ts';
import { budgetWorkflowId, MESSAGES, patchWorkflowId } from '../../src/temporal/names.ts';
import { openCycleBench, type CycleBench } from './support/cycle-bench.ts';
import { timeSkippingEnvironment } from './support/environments.ts';
import {
  decide,
  endingsOf,
  startRollout,
  terminate,
  viewOf,
  withFleet,
  type Fleet,
} from './support/fleet.ts';
import {
  modelsOf,
  randomFleets,
  randomRollout,
  type Fate,
  type Ledger,
  type RandomFleet,
  type RandomHost,
} from './support/random-fleet.ts';

/** Each takes two or three seconds. */
const FLEETS = 12;

/** More often than this no rollout of so few hosts comes to rest before it has ended. */
const RESTS_MAX = 40;

/** Longer than every soak and every wait between two attempts together. */
const LONG = '6h';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await timeSkippingEnvironment());
});
afterAll(() => bench.stop());

let number = 0;

describe('a rollout over whatever fleet', () => {
  it(
    'exceeds no budget, stops where it must, takes no version that was not proved, and ends every host once',
    () =>
      // Not made smaller when it fails: the seed and the fleet are printed, and name what to run again.
      fc.assert(fc.asyncProperty(randomFleets, holds), { numRuns: FLEETS, endOnFailure: true }),
    300_000,
  );
});

async function holds(fleet: RandomFleet): Promise<void> {
  const name = `random-${++number}`;
  const ledger: Ledger = { drained: new Set(), most: { rack: 0, pair: 0 } };
  const models = modelsOf(fleet, ledger);
  bench.stored.length = 0;
  await withFleet(bench, models, async () => {
    const input = randomRollout(fleet, (group) => `${name}-${group}`);
    const handle = await startRollout(bench, name, input);
    try {
      const view = await untilEnded(handle, fleet, models);
      expectBudgetsKept(fleet, ledger);
      expectEachEndedOnce(view, fleet);
      expectNothingUnproved(view, fleet, models);
    } finally {
      await terminate(bench, handle.workflowId);
      for (const group of ['rack', 'pair']) {
        await terminate(bench, budgetWorkflowId(`${name}-${group}`));
      }
    }
  });
}

/** Lets time pass, and says whenever nothing moves any more what a person would say. */
async function untilEnded(
  handle: WorkflowHandle,
  fleet: RandomFleet,
  models: Fleet,
): Promise<RolloutView> {
  const forgiven = new Set<string>();
  for (let rests = 0; rests < RESTS_MAX; rests++) {
    await bench.env.sleep(LONG);
    const view = await viewOf(handle);
    expectHaltedWhereItMust(view, fleet, forgiven, models);
    if (view.state.name === 'ended') return view;
    const stuck = view.members.find((member) => needsAttention(member));
    if (stuck !== undefined) {
      const cycle = bench.env.client.workflow.getHandle(patchWorkflowId(stuck.host));
      await cycle.signal(MESSAGES.resolve, { by: 'ada', how: 'accept' });
    } else {
      expect(view.state.name).toBe('halted');
      await expectNothingMoves(handle, view);
      for (const member of view.members.filter(isBad)) forgiven.add(member.host);
      const kind = fleet.person === 'resumes' ? 'resume' : 'abort';
      await decide(handle, { kind, by: 'ada' });
    }
  }
  throw new Error(`It came to no end, but to ${JSON.stringify(await viewOf(handle))}`);
}

async function expectNothingMoves(handle: WorkflowHandle, before: RolloutView): Promise<void> {
  await bench.env.sleep('2d');
  const { members, state } = await viewOf(handle);
  expect({ members, state }).toEqual({ members: before.members, state: before.state });
}

const needsAttention = ({ standing }: RolloutMember) =>
  standing.is === 'running' && standing.at === 'needs-attention';

const isBad = (member: RolloutMember) =>
  needsAttention(member) ||
  (member.standing.is === 'ended' &&
    ['failed', 'restored', 'lost', 'accepted-as-is'].includes(member.standing.ending));

/** A wave without such a host has failed as a whole. */
const isHopeful = (member: RolloutMember) => !isBad(member);

/** Counted anew from where its hosts stand, not from what the rollout remembers of them. */
function expectHaltedWhereItMust(
  { members, state, wave }: RolloutView,
  { halt }: RandomFleet,
  forgiven: ReadonlySet<string>,
  models: Fleet,
): void {
  const goesTooFar = (index: number) => {
    const hosts = members.filter((member) => member.wave === index);
    const bad = hosts.filter((member) => isBad(member) && !forgiven.has(member.host)).length;
    return bad > 0 && (bad >= countOf(halt, hosts.length, 'up') || !hosts.some(isHopeful));
  };
  const stopsAt = members.map((member) => member.wave).find(goesTooFar) ?? Infinity;
  for (const { host, standing, wave: own } of members) {
    if (own > Math.min(wave, stopsAt)) expect(standing.is).toBe('waiting');
    if (standing.is === 'waiting') expect(models[host]?.host.ran ?? []).toEqual([]);
  }
  const isLeft = members.some(({ standing }) => standing.is === 'waiting');
  if (isLeft && state.name !== 'ended') expect(state.name === 'halted').toBe(stopsAt < Infinity);
}

function expectBudgetsKept({ slots }: RandomFleet, { most, drained }: Ledger): void {
  expect(most.rack).toBeLessThanOrEqual(slots.rack);
  expect(most.pair).toBeLessThanOrEqual(1);
  expect([...drained]).toEqual([]);
}

const ENDINGS: Record<Fate, string> = {
  good: 'patched',
  wobbles: 'patched',
  'fails-before-any-change': 'failed',
  'fails-while-it-is-drained': 'failed',
  'is-restored': 'restored',
  'cannot-be-restored': 'accepted-as-is',
  'vanishes-in-the-upgrade': 'accepted-as-is',
  'has-no-agent': 'failed',
};

/** With nothing left in its plan, no host comes to where it would fail. */
const ENDINGS_LEFT_OUT: Record<Fate, string> = {
  good: 'up-to-date',
  wobbles: 'up-to-date',
  'fails-before-any-change': 'failed',
  'fails-while-it-is-drained': 'up-to-date',
  'is-restored': 'up-to-date',
  'cannot-be-restored': 'up-to-date',
  'vanishes-in-the-upgrade': 'up-to-date',
  'has-no-agent': 'failed',
};

/** One report a host, which says what its rollout says; none of a host that was left when it was aborted. */
function expectEachEndedOnce(view: RolloutView, fleet: RandomFleet): void {
  const aborted = view.state.name === 'ended' && view.state.outcome === 'aborted';
  const endings = endingsOf(view);
  for (const host of fleet.hosts) {
    const ending = endings[host.host];
    const reports = bench.stored.filter((report) => report.host === host.host);
    const told = reports.map(({ outcome }) => outcome as string);
    if (aborted && ending === 'waiting') {
      expect(told).toEqual([]);
    } else {
      const expected = isProved(view, fleet, host)
        ? ENDINGS[host.fate]
        : ENDINGS_LEFT_OUT[host.fate];
      expect(ending).toBe(expected);
      expect(told).toEqual([expected]);
    }
  }
}

/** Whether what the host is offered is what the first wave that was patched has installed. */
function isProved(
  { members }: RolloutView,
  { offers }: RandomFleet,
  { host }: RandomHost,
): boolean {
  const patched = members.filter(
    ({ standing }) => standing.is === 'ended' && standing.ending === 'patched',
  );
  const proved = Math.min(...patched.map(({ wave }) => wave));
  const own = members.find((member) => member.host === host)?.wave ?? 0;
  return own <= proved || offers[own] === offers[proved];
}

function expectNothingUnproved(view: RolloutView, fleet: RandomFleet, models: Fleet): void {
  for (const host of fleet.hosts) {
    if (isProved(view, fleet, host)) continue;
    expect(models[host.host]?.host.packages ?? 'old').toBe('old');
  }
}
