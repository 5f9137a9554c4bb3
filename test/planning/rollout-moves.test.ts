import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Outcome } from '../../src/domain/outcome.ts';
import type { HostEnding, RolloutMember, RolloutProgress } from '../../src/domain/rollout.ts';
import type { RolloutDecision } from '../../src/domain/rollout-decision.ts';
import {
  applyDecision,
  approvalFor,
  begin,
  conclude,
  decisionObjection,
  hearNotice,
  provedVersions,
  provePins,
} from '../../src/planning/rollout-events.ts';
import { cameThrough } from '../../src/planning/rollout-summary.ts';
import { nextMove, type Move } from '../../src/planning/rollout-moves.ts';

type Progress = Pick<RolloutProgress, 'state' | 'wave' | 'members' | 'approved'>;
type Rules = Parameters<typeof nextMove>[1];

const RULES: Rules = { soak: '0s', halt: 1, atOnce: 50 };
const NOW = '2026-11-28T00:00:00.000Z';

function rolloutOf(...waves: string[][]): Progress {
  const members = waves.flatMap((hosts, wave) =>
    hosts.map((host): RolloutMember => ({ host, wave, standing: { is: 'waiting' }, bad: false })),
  );
  return { state: { name: 'running' }, wave: 0, members, approved: [] };
}

const memberOf = ({ members }: Progress, host: string): RolloutMember => {
  const found = members.find((member) => member.host === host);
  if (found === undefined) throw new Error(`There is no ${host}`);
  return found;
};

const decide = (rollout: Progress, decision: RolloutDecision) => {
  expect(decisionObjection(rollout, decision)).toBeNull();
  applyDecision(rollout, decision, NOW);
};

/** Makes moves until there is none, as the workflow does; answers the hosts that were started. */
function run(rollout: Progress, rules: Rules = RULES, clock = { nowMs: 0 }): string[] {
  const started: string[] = [];
  for (;;) {
    const move = nextMove(rollout, rules, clock.nowMs);
    if (move.kind === 'wait') return started;
    take(rollout, move);
    if (move.kind === 'start') started.push(...move.members.map(({ host }) => host));
  }
}

function take(rollout: Progress, move: Move): void {
  switch (move.kind) {
    case 'start':
      rollout.state = { name: 'running' };
      for (const member of move.members) begin(member, `run of ${member.host}`);
      return;
    case 'soak':
      rollout.state = { name: 'soaking', until: move.until };
      return;
    case 'next-wave':
      rollout.state = { name: 'running' };
      rollout.wave += 1;
      return;
    case 'halt':
      rollout.state = { name: 'halted', why: move.why, since: NOW };
      return;
    case 'end':
      rollout.state = { name: 'ended', outcome: move.outcome };
      return;
    case 'wait':
      return;
  }
}

const end = (rollout: Progress, host: string, ending: HostEnding = 'patched') =>
  conclude(memberOf(rollout, host), ending);

describe('a rollout', () => {
  it('starts a wave when all of the one before have ended', () => {
    const rollout = rolloutOf(['a', 'b'], ['c']);
    expect(run(rollout)).toEqual(['a', 'b']);
    end(rollout, 'a');
    expect(run(rollout)).toEqual([]);
    end(rollout, 'b', 'up-to-date');
    expect(run(rollout)).toEqual(['c']);
    end(rollout, 'c');
    expect(run(rollout)).toEqual([]);
    expect(rollout.state).toEqual({ name: 'ended', outcome: 'finished' });
  });

  it('watches a wave for the soak before the next one', () => {
    const rollout = rolloutOf(['a'], ['b']);
    const clock = { nowMs: 0 };
    const rules = { ...RULES, soak: '10m' };
    run(rollout, rules, clock);
    end(rollout, 'a');
    expect(run(rollout, rules, clock)).toEqual([]);
    expect(rollout.state).toEqual({ name: 'soaking', until: '1970-01-01T00:10:00.000Z' });
    clock.nowMs = 600_000;
    expect(run(rollout, rules, clock)).toEqual(['b']);
  });

  it('does not soak after its last wave', () => {
    const rollout = rolloutOf(['a']);
    run(rollout, { ...RULES, soak: '10m' });
    end(rollout, 'a');
    run(rollout, { ...RULES, soak: '10m' });
    expect(rollout.state.name).toBe('ended');
  });

  it('runs so many cycles at once and not more', () => {
    const rollout = rolloutOf(['a', 'b', 'c']);
    expect(run(rollout, { ...RULES, atOnce: 2 })).toEqual(['a', 'b']);
    end(rollout, 'a');
    expect(run(rollout, { ...RULES, atOnce: 2 })).toEqual(['c']);
  });

  it.each(['failed', 'restored', 'lost'] as const)(
    'stops by itself when a host ends as %s',
    (ending) => {
      const rollout = rolloutOf(['a'], ['b']);
      run(rollout);
      end(rollout, 'a', ending);
      expect(run(rollout)).toEqual([]);
      expect(rollout.state).toMatchObject({ name: 'halted', why: expect.stringContaining(': a') });
    },
  );

  it.each(['rejected', 'expired', 'aborted'] as const)(
    'goes on when a person or nobody decided: %s',
    (ending) => {
      const rollout = rolloutOf(['a'], ['b']);
      run(rollout);
      end(rollout, 'a', ending);
      expect(run(rollout)).toEqual(['b']);
    },
  );

  it('stops while a host needs attention, before that one has ended', () => {
    const rollout = rolloutOf(['a'], ['b']);
    run(rollout);
    const runId = 'run of a';
    hearNotice(memberOf(rollout, 'a'), { host: 'a', runId, at: 'needs-attention' });
    expect(run(rollout)).toEqual([]);
    expect(rollout.state.name).toBe('halted');
  });

  it('does not stop once more for a host that a person has accepted as it is', () => {
    const rollout = rolloutOf(['a'], ['b']);
    run(rollout);
    const runId = 'run of a';
    hearNotice(memberOf(rollout, 'a'), { host: 'a', runId, at: 'needs-attention' });
    run(rollout);
    decide(rollout, { kind: 'resume', by: 'ada' });
    end(rollout, 'a', 'accepted-as-is');
    expect(run(rollout)).toEqual(['b']);
  });

  it('stops at a share of the wave, not of the fleet', () => {
    const rollout = rolloutOf(['a', 'b', 'c', 'd'], ['e']);
    const rules = { ...RULES, halt: '50%' };
    run(rollout, rules);
    end(rollout, 'a', 'failed');
    end(rollout, 'b');
    end(rollout, 'c');
    run(rollout, rules);
    expect(rollout.state.name).toBe('running');
    end(rollout, 'd', 'restored');
    run(rollout, rules);
    expect(rollout.state.name).toBe('halted');
  });

  it.each([5, '100%'] as const)(
    'stops when no host of a wave came through, also where the threshold is %s',
    (halt) => {
      const rollout = rolloutOf(['a', 'b', 'c', 'd'], ['e']);
      const rules = { ...RULES, halt };
      run(rollout, rules);
      end(rollout, 'a', 'failed');
      decide(rollout, { kind: 'skip', host: 'a', by: 'ada', why: 'it is broken' });
      hearNotice(memberOf(rollout, 'b'), { host: 'b', runId: 'run of b', at: 'needs-attention' });
      end(rollout, 'c', 'rejected');
      run(rollout, rules);
      expect(rollout.state.name).toBe('running');
      end(rollout, 'd', 'restored');
      expect(run(rollout, rules)).toEqual([]);
      expect(rollout.state.name).toBe('halted');
    },
  );

  it('goes on after a halt when a person says so, and stops again at the next failure only', () => {
    const rollout = rolloutOf(['a'], ['b'], ['c']);
    run(rollout);
    end(rollout, 'a', 'failed');
    run(rollout);
    decide(rollout, { kind: 'resume', by: 'ada' });
    expect(run(rollout)).toEqual(['b']);
    end(rollout, 'b', 'failed');
    expect(run(rollout)).toEqual([]);
    expect(rollout.state.name).toBe('halted');
  });

  it('tries a host again when a person says so, before it goes on', () => {
    const rollout = rolloutOf(['a'], ['b']);
    run(rollout);
    end(rollout, 'a', 'failed');
    run(rollout);
    decide(rollout, { kind: 'retry', host: 'a', by: 'ada' });
    decide(rollout, { kind: 'resume', by: 'ada' });
    expect(run(rollout)).toEqual(['a']);
    end(rollout, 'a');
    expect(run(rollout)).toEqual(['b']);
  });

  it('is looked at again every day while it is halted, so that people are reminded', () => {
    const rollout = rolloutOf(['a'], ['b']);
    run(rollout);
    end(rollout, 'a', 'failed');
    run(rollout);
    const [haltedMs, hourMs] = [Date.parse(NOW), 3_600_000];
    const untilMs = (hours: number) => ({ kind: 'wait', untilMs: haltedMs + hours * hourMs });
    expect(nextMove(rollout, RULES, haltedMs)).toEqual(untilMs(24));
    expect(nextMove(rollout, RULES, haltedMs + 23 * hourMs)).toEqual(untilMs(24));
    expect(nextMove(rollout, RULES, haltedMs + 24 * hourMs)).toEqual(untilMs(48));
  });

  it('leaves out a host that is skipped', () => {
    const rollout = rolloutOf(['a'], ['b']);
    decide(rollout, { kind: 'skip', host: 'a', by: 'ada', why: 'it is being replaced' });
    expect(run(rollout)).toEqual(['b']);
  });

  it('starts nothing while it is paused, and lets run what runs', () => {
    const rollout = rolloutOf(['a'], ['b']);
    run(rollout);
    decide(rollout, { kind: 'pause', by: 'ada' });
    end(rollout, 'a');
    expect(run(rollout)).toEqual([]);
    decide(rollout, { kind: 'resume', by: 'ada' });
    expect(run(rollout)).toEqual(['b']);
  });

  it('stops for what failed while it was paused: whoever resumes it need not have seen that', () => {
    const rollout = rolloutOf(['a'], ['b']);
    run(rollout);
    decide(rollout, { kind: 'pause', by: 'ada' });
    end(rollout, 'a', 'restored');
    decide(rollout, { kind: 'resume', by: 'ada' });
    expect(run(rollout)).toEqual([]);
    expect(rollout.state.name).toBe('halted');
    decide(rollout, { kind: 'resume', by: 'ada' });
    expect(run(rollout)).toEqual(['b']);
  });

  it('that is aborted ends when the last cycle has, and starts nothing', () => {
    const rollout = rolloutOf(['a'], ['b']);
    run(rollout);
    decide(rollout, { kind: 'abort', by: 'ada' });
    run(rollout);
    expect(rollout.state.name).toBe('aborting');
    end(rollout, 'a', 'aborted');
    expect(run(rollout)).toEqual([]);
    expect(rollout.state).toEqual({ name: 'ended', outcome: 'aborted' });
  });

  it('waits with a host whose other cycle runs until that time, and meanwhile starts the others', () => {
    const rollout = rolloutOf(['a', 'b']);
    memberOf(rollout, 'a').standing = { is: 'waiting', busyUntil: '1970-01-01T00:05:00.000Z' };
    expect(run(rollout)).toEqual(['b']);
    expect(nextMove(rollout, RULES, 0)).toEqual({ kind: 'wait', untilMs: 300_000 });
    expect(nextMove(rollout, { ...RULES, atOnce: 1 }, 0)).toEqual({ kind: 'wait', untilMs: null });
    expect(run(rollout, RULES, { nowMs: 300_000 })).toEqual(['a']);
  });

  it('leaves aside what an earlier cycle of the host says late', () => {
    const rollout = rolloutOf(['a']);
    run(rollout);
    const late = { host: 'a', runId: 'another', at: 'ended', outcome: 'failed' } as const;
    expect(hearNotice(memberOf(rollout, 'a'), late)).toBe(false);
    expect(memberOf(rollout, 'a').standing).toMatchObject({ is: 'running' });
  });
});

describe('a decision about a rollout is refused', () => {
  const rollout = rolloutOf(['a', 'b', 'c']);
  run(rollout, { ...RULES, atOnce: 2 });
  end(rollout, 'a');
  const objection = (decision: RolloutDecision) => decisionObjection(rollout, decision);

  it.each([
    ['resume', { kind: 'resume', by: 'ada' }, /only one that is paused or halted/],
    ['retry of a good host', { kind: 'retry', host: 'a', by: 'ada' }, /came through/],
    ['retry of one that runs', { kind: 'retry', host: 'b', by: 'ada' }, /patchcycle abort b/],
    ['retry of one that waits', { kind: 'retry', host: 'c', by: 'ada' }, /not been started/],
    ['skip of one that runs', { kind: 'skip', host: 'b', by: 'ada', why: 'x' }, /abort b/],
    ['skip of a stranger', { kind: 'skip', host: 'z', by: 'ada', why: 'x' }, /not in this rollout/],
  ] as const)('where it makes no sense: %s', (_, decision, why) => {
    expect(objection(decision)).toMatch(why);
  });

  it('once the rollout is over, or being aborted', () => {
    const over = { ...rollout, state: { name: 'ended', outcome: 'finished' } as const };
    expect(decisionObjection(over, { kind: 'abort', by: 'ada' })).toMatch(/is over/);
    const aborting = { ...rollout, state: { name: 'aborting', by: 'ada', since: NOW } as const };
    expect(decisionObjection(aborting, { kind: 'resume', by: 'ada' })).toMatch(/aborted, by ada/);
  });
});

/** One thing that can happen to a rollout; which host it hits is a number taken modulo the hosts. */
const events = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        hit: fc.nat(),
        ending: fc.constantFrom(...Outcome.options, 'lost' as const),
      }),
    },
    fc.record({ hit: fc.nat(), attention: fc.constant(true) }),
    fc.record({ hit: fc.nat(), say: fc.constantFrom('pause', 'resume', 'retry', 'skip', 'abort') }),
  ),
  { maxLength: 80 },
);

const fleets = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 5 }),
  halt: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom('1%', '50%', '100%')),
  atOnce: fc.integer({ min: 1, max: 6 }),
  soak: fc.constantFrom('0s', '10m'),
});

function fleetOf(sizes: number[]): Progress {
  return rolloutOf(
    ...sizes.map((size, wave) => Array.from({ length: size }, (_, index) => `h${wave}-${index}`)),
  );
}

type Happening = { hit: number; ending?: HostEnding; attention?: true; say?: string };

function happen(rollout: Progress, { hit, ending, attention, say }: Happening): void {
  const among = say === undefined ? running(rollout) : rollout.members;
  const member = among[hit % among.length];
  if (member === undefined) return;
  const { host } = member;
  if (ending !== undefined) conclude(member, ending);
  if (attention) hearNotice(member, { host, runId: `run of ${host}`, at: 'needs-attention' });
  if (say === undefined) return;
  const decision = { kind: say, by: 'ada', host, why: 'x' } as RolloutDecision;
  if (decisionObjection(rollout, decision) === null) applyDecision(rollout, decision, NOW);
}

const running = ({ members }: Progress) =>
  members.filter(({ standing }) => standing.is === 'running');

describe('whatever fails and whatever people say, a rollout', () => {
  it('starts nothing while it is halted, paused, aborted or over, nor beyond its wave and its bound', () => {
    fc.assert(
      fc.property(fleets, events, ({ sizes, ...rules }, happenings) => {
        const rollout = fleetOf(sizes);
        const clock = { nowMs: 0 };
        for (const happening of happenings) {
          const stoppedBefore = !['running', 'soaking'].includes(rollout.state.name);
          const started = run(rollout, rules, clock);
          if (stoppedBefore) expect(started).toEqual([]);
          for (const host of started) {
            expect(memberOf(rollout, host).wave).toBeLessThanOrEqual(rollout.wave);
          }
          const atWork = running(rollout).filter(
            ({ standing }) => standing.is === 'running' && standing.at !== 'needs-attention',
          );
          // Resolved ones begin to work again beside those that took their place.
          expect(atWork.length).toBeLessThanOrEqual(rules.atOnce);
          happen(rollout, happening);
          clock.nowMs += 300_000;
        }
      }),
    );
  });

  it('starts a host once for each time that it is told to, and ends when every host has', () => {
    fc.assert(
      fc.property(fleets, events, ({ sizes, ...rules }, happenings) => {
        const rollout = fleetOf(sizes);
        const clock = { nowMs: 0 };
        const starts = new Map<string, number>();
        const goOn = () => {
          for (const host of run(rollout, rules, clock)) {
            starts.set(host, (starts.get(host) ?? 0) + 1);
          }
          clock.nowMs += 600_000;
        };
        const retries = new Map<string, number>();
        for (const happening of happenings) {
          goOn();
          const before = rollout.members.map(({ standing }) => standing.is);
          happen(rollout, happening);
          rollout.members.forEach(({ host, standing }, index) => {
            if (standing.is !== 'waiting' || before[index] === 'waiting') return;
            retries.set(host, (retries.get(host) ?? 0) + 1);
          });
        }
        // From here on all goes well.
        for (let round = 0; round < 200 && rollout.state.name !== 'ended'; round++) {
          goOn();
          for (const member of running(rollout)) conclude(member, 'patched');
          const resume = { kind: 'resume', by: 'ada' } as const;
          if (decisionObjection(rollout, resume) === null) applyDecision(rollout, resume, NOW);
        }
        const { state, members } = rollout;
        expect(state.name).toBe('ended');
        for (const { host, standing } of members) {
          const told = 1 + (retries.get(host) ?? 0);
          expect(starts.get(host) ?? 0).toBeLessThanOrEqual(told);
          if (state.name === 'ended' && state.outcome === 'finished') {
            expect(['ended', 'skipped']).toContain(standing.is);
            if (standing.is === 'ended') expect(starts.get(host)).toBeGreaterThanOrEqual(1);
          }
        }
      }),
    );
  });

  it('is never past a wave in which too many failed, unless a person said so', () => {
    fc.assert(
      fc.property(
        fleets,
        fc.array(fc.constantFrom(...Outcome.options)),
        ({ sizes, ...rules }, endings) => {
          const rollout = fleetOf(sizes);
          const clock = { nowMs: 0 };
          for (const ending of endings) {
            const started = run(rollout, rules, clock);
            if (started.length > 0) expect(rollout.state.name).not.toBe('halted');
            for (let wave = 0; wave < rollout.wave; wave++) {
              const hosts = rollout.members.filter((member) => member.wave === wave);
              const bad = hosts.filter((member) => member.bad).length;
              const most =
                typeof rules.halt === 'number'
                  ? rules.halt
                  : Math.ceil((hosts.length * Number.parseInt(rules.halt, 10)) / 100);
              expect(bad).toBeLessThan(most);
              if (!hosts.some(cameThrough)) expect(bad).toBe(0);
            }
            const [first] = running(rollout);
            if (first !== undefined) conclude(first, ending);
            clock.nowMs += 600_000;
          }
        },
      ),
    );
  });
});

const changes = 'c'.repeat(64);
const asks = (rollout: Progress, host: string, signed = false) => {
  const member = memberOf(rollout, host);
  member.standing = {
    ...{ is: 'running', runId: `run of ${host}`, at: 'awaiting-approval' },
    asks: { digest: 'd'.repeat(64), changes, signed },
  };
  return member;
};

describe('an approval for many hosts', () => {
  const approve = { kind: 'approve', changes, by: 'ada' } as const;

  it('is given to nobody while the rollout is halted, and afterwards to those that asked meanwhile', () => {
    const rollout = rolloutOf(['a', 'b', 'c'], ['d']);
    run(rollout);
    asks(rollout, 'a');
    expect(decisionObjection(rollout, approve, 'once')).toBeNull();
    applyDecision(rollout, approve, NOW);
    end(rollout, 'a', 'restored');
    run(rollout);
    expect(rollout.state.name).toBe('halted');
    const late = asks(rollout, 'b');
    expect(approvalFor(rollout, late, 'once')).toBeNull();
    expect(decisionObjection(rollout, approve, 'once')).toMatch(/halted; resume it first/);
    decide(rollout, { kind: 'resume', by: 'ada' });
    expect(approvalFor(rollout, late, 'once')).toMatchObject({ by: 'ada' });
  });

  it('is given to nobody while the rollout is aborted', () => {
    const rollout = rolloutOf(['a', 'b']);
    run(rollout);
    asks(rollout, 'a');
    applyDecision(rollout, approve, NOW);
    decide(rollout, { kind: 'abort', by: 'ada' });
    expect(approvalFor(rollout, asks(rollout, 'b'), 'once')).toBeNull();
  });

  it('is refused where only hosts ask that take signed approvals, and a rejection is not', () => {
    const rollout = rolloutOf(['a', 'b']);
    run(rollout);
    asks(rollout, 'a', true);
    expect(decisionObjection(rollout, approve, 'once')).toMatch(/patchcycle approve HOST --key/);
    expect(decisionObjection(rollout, { ...approve, kind: 'reject' }, 'once')).toBeNull();
    asks(rollout, 'b');
    expect(decisionObjection(rollout, approve, 'once')).toBeNull();
  });
});

describe('what a rollout has proved', () => {
  const platform = 'debian 12';
  const prove = (rollout: { pins: RolloutProgress['pins']; wave: number }, version: string) =>
    provePins(rollout, { platform, packages: { shop: version } });

  it('binds from the next wave on, and is changed by nobody who comes later', () => {
    const rollout = { pins: [], wave: 0 };
    prove(rollout, '1.0');
    prove(rollout, '1.1');
    expect(provedVersions(rollout)).toEqual([]);
    rollout.wave = 1;
    prove(rollout, '1.2');
    expect(provedVersions(rollout)).toEqual([{ platform, packages: { shop: '1.1' } }]);
  });

  it('is proved for each platform by itself', () => {
    const rollout = { pins: [], wave: 0 };
    prove(rollout, '1.0');
    rollout.wave = 1;
    provePins(rollout, { platform: 'rocky 9', packages: { shop: '1.0-1.el9' } });
    rollout.wave = 2;
    expect(provedVersions(rollout)).toEqual([
      { platform, packages: { shop: '1.0' } },
      { platform: 'rocky 9', packages: { shop: '1.0-1.el9' } },
    ]);
  });

  it('is bounded, because every cycle is told of it', () => {
    const rollout: { pins: RolloutProgress['pins']; wave: number } = { pins: [], wave: 0 };
    const many = (from: number) =>
      Object.fromEntries(
        Array.from({ length: 500 }, (_, index) => [`package-${from + index}`, '1.0-1+deb12u1']),
      );
    for (let from = 0; from < 20_000; from += 500) {
      provePins(rollout, { platform, packages: many(from) });
    }
    expect(JSON.stringify(rollout.pins).length).toBeLessThan(150_000);
  });
});

describe('an approval in a rollout that is approved wave by wave', () => {
  const approve = (rollout: Progress) => {
    const decision = { kind: 'approve', changes, by: 'ada' } as const;
    expect(decisionObjection(rollout, decision, 'wave')).toBeNull();
    applyDecision(rollout, decision, NOW);
  };

  it('is heard by a host of an earlier wave that is tried again, and by no later wave', () => {
    const rollout = rolloutOf(['a'], ['b']);
    rollout.wave = 1;
    const again = asks(rollout, 'a');
    approve(rollout);
    expect(approvalFor(rollout, again, 'wave')).toMatchObject({ by: 'ada' });
    expect(approvalFor(rollout, asks(rollout, 'b'), 'wave')).toBeNull();
  });

  it('is of every wave in which a host asks for these changes', () => {
    const rollout = rolloutOf(['a'], ['b']);
    rollout.wave = 1;
    const asking = [asks(rollout, 'a'), asks(rollout, 'b')];
    approve(rollout);
    for (const member of asking) {
      expect(approvalFor(rollout, member, 'wave')).toMatchObject({ by: 'ada' });
    }
  });
});
