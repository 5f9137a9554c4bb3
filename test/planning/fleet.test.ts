import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RolloutMember, RolloutProgress } from '../../src/domain/rollout.ts';
import type { SlotBook } from '../../src/domain/slot.ts';
import {
  begin,
  conclude,
  hearNotice,
  provedVersions,
  provePins,
} from '../../src/planning/rollout-events.ts';
import { nextMove } from '../../src/planning/rollout-moves.ts';
import { objectionTo } from '../../src/planning/plan-limits.ts';
import { askSlot, grantNext, returnSlot, takingOrder } from '../../src/planning/slots.ts';

/*
 * A fleet without Temporal: the decisions of rollouts, budgets and pins are the real ones, and
 * chance says which cycle goes on when, and how it ends.
 */

type Rollout = Pick<RolloutProgress, 'state' | 'wave' | 'members' | 'approved' | 'pins'>;
type Book = Pick<SlotBook, 'holders' | 'queue'>;
type Cycle = {
  host: string;
  runId: string;
  rollout: Rollout;
  member: RolloutMember;
  /** In which the rollout was when it began. */
  wave: number;
  version: number;
};

const RULES = { soak: '0s', halt: 2, atOnce: 4 };
const AT = '2026-11-28T00:00:00.000Z';
const SLOTS: Record<string, number> = { pair: 1, web: 2, all: 3 };
const GROUPS: string[][] = [['all', 'pair'], ['all', 'web'], ['all'], ['pair'], ['web'], []];

const platformOf = (host: string) => (Number(host.slice(1)) % 3 === 2 ? 'rocky 9' : 'debian 12');

const groupsOf = (host: string) => GROUPS[Number(host.slice(1)) % GROUPS.length] ?? [];

class Fleet {
  readonly rollouts: Rollout[];
  readonly books = new Map<string, Book>();
  readonly cycles = new Map<string, Cycle>();
  /** Hosts that are disrupted, and those that nobody knows of how they are. */
  readonly disrupted = new Set<string>();
  readonly installed: { rollout: Rollout; platform: string; wave: number; version: number }[] = [];
  readonly endings = new Map<string, number>();
  offered = 1;
  #nowMs = 0;
  #runs = 0;

  constructor(sizes: readonly (readonly number[])[]) {
    // Rollouts that all begin with the same hosts, so that they meet.
    this.rollouts = sizes.map((waves) => {
      let next = 0;
      const members = waves.flatMap((size, wave) =>
        Array.from({ length: size }, (): RolloutMember => ({
          ...{ host: `h${next++}`, wave, bad: false },
          standing: { is: 'waiting' },
        })),
      );
      return { state: { name: 'running' }, wave: 0, members, approved: [], pins: [] };
    });
  }

  book(group: string): Book {
    const book = this.books.get(group) ?? { holders: [], queue: [] };
    this.books.set(group, book);
    return book;
  }

  /** Every rollout does all that it can do without hearing anything. */
  move(): void {
    this.#nowMs += 1;
    for (const rollout of this.rollouts) {
      for (;;) {
        const move = nextMove(rollout, RULES, this.#nowMs);
        if (move.kind === 'wait') break;
        if (move.kind === 'start') for (const member of move.members) this.#start(rollout, member);
        if (move.kind === 'next-wave') rollout.wave += 1;
        if (move.kind === 'halt') rollout.state = { name: 'halted', why: move.why, since: AT };
        if (move.kind === 'end') rollout.state = { name: 'ended', outcome: move.outcome };
      }
    }
  }

  #start(rollout: Rollout, member: RolloutMember): void {
    const { host } = member;
    if (this.cycles.has(host)) {
      member.standing = { is: 'waiting', busyUntil: new Date(this.#nowMs + 3).toISOString() };
      return;
    }
    const runId = `run ${++this.#runs}`;
    begin(member, runId);
    // The plan is made from what is offered now, within what was proved.
    const proved = provedVersions(rollout).find(({ platform }) => platform === platformOf(host));
    const bound = proved === undefined ? {} : { pins: { rollout: 'r', packages: proved.packages } };
    const change = { name: 'shop', newVersion: String(this.offered) };
    const version = objectionTo(change, { knownBad: [], ...bound }) === null ? this.offered : 0;
    const { wave } = rollout;
    this.cycles.set(host, { host, runId, rollout, member, wave, version });
  }

  /** One cycle goes on by one step: it asks for its next slot, takes it, or ends. */
  goOn(cycle: Cycle, how: 'well' | 'badly' | 'attention' | 'gone'): void {
    const { host, runId, rollout, member, version } = cycle;
    const budgets = groupsOf(host).map((group) => ({ group, slots: SLOTS[group] ?? 1 }));
    const missing = takingOrder(budgets).find(({ group }) => !this.#holds(group, host))?.group;
    if (missing !== undefined && version !== 0) {
      const book = this.book(missing);
      const workflowId = `patch/${host}`;
      const asks = { host, runId, workflowId, startedAt: AT, turn: 1 };
      askSlot(book, { ...asks, slots: SLOTS[missing] ?? 1 });
      while (grantNext(book, AT) !== null);
      return;
    }
    if (version !== 0 && !this.disrupted.has(host)) {
      this.disrupted.add(host);
      return;
    }
    if (how === 'attention') {
      hearNotice(member, { host, runId, at: 'needs-attention' });
      return;
    }
    this.cycles.delete(host);
    this.endings.set(runId, (this.endings.get(runId) ?? 0) + 1);
    if (how === 'gone') {
      // Its slots stay, and so it counts as disrupted.
      conclude(member, 'lost');
      return;
    }
    this.disrupted.delete(host);
    for (const group of groupsOf(host)) {
      returnSlot(this.book(group), { host, runId });
      while (grantNext(this.book(group), AT) !== null);
    }
    conclude(member, how === 'badly' ? 'restored' : version === 0 ? 'up-to-date' : 'patched');
    if (how === 'well' && version !== 0) {
      const platform = platformOf(host);
      this.installed.push({ rollout, platform, wave: cycle.wave, version });
      provePins(rollout, { platform, packages: { shop: String(version) } });
    }
  }

  #holds(group: string, host: string): boolean {
    return this.book(group).holders.some((holder) => holder.host === host);
  }

  resume(): void {
    for (const rollout of this.rollouts) {
      if (rollout.state.name !== 'halted') continue;
      rollout.state = { name: 'running' };
      for (const member of rollout.members) member.bad = false;
    }
  }
}

const sizes = fc.array(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 2,
});
const steps = fc.array(
  fc.record({
    which: fc.nat(),
    how: fc.oneof(
      { weight: 8, arbitrary: fc.constant('well' as const) },
      fc.constantFrom('badly' as const, 'attention' as const, 'gone' as const),
    ),
    newVersion: fc.boolean(),
    resumes: fc.boolean(),
  }),
  { maxLength: 150 },
);

type Happening = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;

function play(given: number[][], happenings: Happening[], look: (fleet: Fleet) => void): Fleet {
  const fleet = new Fleet(given);
  for (const { which, how, newVersion, resumes } of happenings) {
    fleet.move();
    if (newVersion) fleet.offered += 1;
    if (resumes) fleet.resume();
    const cycles = [...fleet.cycles.values()];
    const cycle = cycles[which % Math.max(1, cycles.length)];
    if (cycle !== undefined) fleet.goOn(cycle, how);
    look(fleet);
  }
  return fleet;
}

describe('in a fleet with several rollouts, whatever fails when', () => {
  it('no more hosts of a group are disrupted than its budget allows, and of a pair never two', () => {
    fc.assert(
      fc.property(sizes, steps, (given, happenings) => {
        play(given, happenings, ({ disrupted }) => {
          for (const [group, slots] of Object.entries(SLOTS)) {
            const hosts = [...disrupted].filter((host) => groupsOf(host).includes(group));
            expect(hosts.length).toBeLessThanOrEqual(slots);
          }
        });
      }),
    );
  });

  it('later waves have installed nothing but what the first one that changed their platform had', () => {
    fc.assert(
      fc.property(sizes, steps, (given, happenings) => {
        const { installed } = play(given, happenings, () => undefined);
        for (const { rollout, platform, version } of installed) {
          const first = rollout.pins.find((one) => one.platform === platform)?.wave ?? 0;
          const proved = installed
            .filter((one) => one.rollout === rollout && one.platform === platform)
            .filter((one) => one.wave <= first)
            .map((one) => one.version);
          expect(proved).toContain(version);
        }
      }),
    );
  });

  it('every cycle ends exactly once, and every rollout comes to its end when all goes well again', () => {
    fc.assert(
      fc.property(sizes, steps, (given, happenings) => {
        const fleet = play(given, happenings, () => undefined);
        for (let round = 0; round < 500; round++) {
          fleet.resume();
          fleet.move();
          // A person has looked at the hosts whose cycle is gone.
          for (const book of fleet.books.values()) {
            const running = (one: { runId: string }) =>
              [...fleet.cycles.values()].some(({ runId }) => runId === one.runId);
            book.holders = book.holders.filter(running);
            while (grantNext(book, AT) !== null);
          }
          for (const cycle of [...fleet.cycles.values()]) fleet.goOn(cycle, 'well');
        }
        for (const { state } of fleet.rollouts) expect(state.name).toBe('ended');
        for (const times of fleet.endings.values()) expect(times).toBe(1);
      }),
    );
  });
});
