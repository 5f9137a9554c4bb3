import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Gathering,
  WAITING_SIZE_MAX,
  type Bulletin,
  type PassedNotice,
} from '../../src/domain/notice.ts';
import {
  gather,
  nextMoveMs,
  nothingGathered,
  partFor,
  takeDue,
} from '../../src/planning/gather-notices.ts';

const START_MS = Date.parse('2026-11-28T00:00:00.000Z');
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const rules = {
  gatherMs: MINUTE_MS,
  repeatMs: 30 * MINUTE_MS,
  perHour: 3,
  channels: [{ name: 'ops', kinds: ['needs-attention' as const, 'approval-needed' as const] }],
};

let ids = 0;
function passed(about: string, alike: string, rest: Partial<PassedNotice> = {}): PassedNotice {
  return {
    id: `run/${(ids += 1)}`,
    notice: {
      kind: 'needs-attention',
      about,
      subject: `${about} needs attention`,
      lines: [alike],
      command: `patchcycle resolve ${about} --how retry`,
      alike,
    },
    run: { workflowId: `patch/${about}`, runId: 'r' },
    rules,
    ...rest,
  };
}

const take = (gathering: Gathering, nowMs: number) => takeDue(gathering, nowMs, randomUUID);
const counted = (bulletins: readonly Bulletin[]) =>
  bulletins.flatMap(({ groups }) => groups.map(({ count }) => count));

describe('notices', () => {
  it('of five hundred hosts that fail alike within the time of gathering are one message', () => {
    const gathering = nothingGathered();
    for (let host = 0; host < 500; host++) {
      gather(gathering, passed(`web-${host}`, 'nginx is down'), START_MS + host * 100);
    }
    expect(take(gathering, START_MS + MINUTE_MS - 1)).toEqual([]);
    const bulletins = take(gathering, START_MS + MINUTE_MS);
    expect(counted(bulletins)).toEqual([500]);
    expect(bulletins[0]?.groups[0]?.members).toHaveLength(20);
  });

  it('that are not alike are messages of their own', () => {
    const gathering = nothingGathered();
    gather(gathering, passed('web-1', 'nginx is down'), START_MS);
    gather(gathering, passed('web-2', 'the disk is full'), START_MS);
    expect(counted(take(gathering, START_MS + MINUTE_MS))).toEqual([1, 1]);
  });

  it('that are like one which was told lately wait until they may be told again', () => {
    const gathering = nothingGathered();
    gather(gathering, passed('web-1', 'nginx is down'), START_MS);
    take(gathering, START_MS + MINUTE_MS);
    gather(gathering, passed('web-2', 'nginx is down'), START_MS + 2 * MINUTE_MS);
    gather(gathering, passed('web-3', 'nginx is down'), START_MS + 20 * MINUTE_MS);
    expect(nextMoveMs(gathering)).toBe(START_MS + 31 * MINUTE_MS);
    expect(take(gathering, START_MS + 31 * MINUTE_MS - 1)).toEqual([]);
    expect(counted(take(gathering, START_MS + 31 * MINUTE_MS))).toEqual([2]);
  });

  it('of a rollout that halts again, or of one that finishes, wait for no repetition', () => {
    const gathering = nothingGathered();
    const toldAll = { ...rules, channels: [{ name: 'ops', kinds: ['rollout-halted' as const] }] };
    const halted = (): PassedNotice => {
      const { notice, ...rest } = passed('november', 'x', { rules: toldAll });
      const { alike: _, ...news } = notice;
      return { ...rest, notice: { ...news, kind: 'rollout-halted', subject: 'november halted' } };
    };
    gather(gathering, halted(), START_MS);
    expect(counted(take(gathering, START_MS + MINUTE_MS))).toEqual([1]);
    gather(gathering, halted(), START_MS + 2 * MINUTE_MS);
    expect(nextMoveMs(gathering)).toBe(START_MS + 3 * MINUTE_MS);
    expect(counted(take(gathering, START_MS + 3 * MINUTE_MS))).toEqual([1]);
  });

  it('beyond the hour`s messages wait, and are told in one', () => {
    const gathering = nothingGathered();
    for (const name of ['a', 'b', 'c']) gather(gathering, passed(name, name), START_MS);
    expect(take(gathering, START_MS + MINUTE_MS)).toHaveLength(3);
    for (const name of ['d', 'e', 'f', 'g'])
      gather(gathering, passed(name, name), START_MS + 2 * MINUTE_MS);
    expect(take(gathering, START_MS + 5 * MINUTE_MS)).toEqual([]);
    const nextMs = nextMoveMs(gathering) ?? 0;
    expect(nextMs).toBe(START_MS + MINUTE_MS + HOUR_MS);
    const later = take(gathering, nextMs);
    expect(later).toHaveLength(1);
    expect(counted(later)).toEqual([1, 1, 1, 1]);
  });

  it('that are passed on twice are told once', () => {
    const gathering = nothingGathered();
    const notice = passed('web-1', 'nginx is down');
    gather(gathering, notice, START_MS);
    take(gathering, START_MS + MINUTE_MS);
    gather(gathering, notice, START_MS + 2 * MINUTE_MS);
    expect(gathering.waiting).toEqual([]);
  });

  it('that no channel is told of are left out', () => {
    const gathering = nothingGathered();
    const notice = passed('november', 'x');
    gather(
      gathering,
      { ...notice, notice: { ...notice.notice, kind: 'rollout-halted' } },
      START_MS,
    );
    expect(gathering.waiting).toEqual([]);
    expect(nextMoveMs(gathering)).toBeNull();
  });

  it('reach a channel only in the kinds of which it is told', () => {
    const gathering = nothingGathered();
    gather(gathering, passed('web-1', 'x'), START_MS);
    const [bulletin] = take(gathering, START_MS + MINUTE_MS);
    if (bulletin === undefined) throw new Error('Nothing was due');
    expect(partFor(bulletin, ['needs-attention'])).toEqual(bulletin);
    expect(partFor(bulletin, ['review-findings'])).toBeNull();
  });

  it('that flood are counted when they find no room, and the number is told', () => {
    const gathering = nothingGathered();
    for (let index = 0; index < 300; index++) {
      gather(gathering, passed(`web-${index}`, `${index}${'x'.repeat(400)}`), START_MS);
    }
    expect(JSON.stringify(gathering.waiting).length).toBeLessThanOrEqual(WAITING_SIZE_MAX);
    const [bulletin] = take(gathering, START_MS + MINUTE_MS);
    expect(bulletin?.unnamed).toBe(300 - (bulletin?.groups.length ?? 0));
    expect(bulletin?.unnamed).toBeGreaterThan(0);
  });
});

describe('whatever is said when', () => {
  const event = fc.record({
    about: fc.integer({ min: 0, max: 400 }).map((host) => `web-${host}`),
    alike: fc.integer({ min: 0, max: 9 }).map(String),
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 * MINUTE_MS })),
  });

  it('no hour has more messages than it may, nothing is lost, and in the end nothing is left', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const gathering = nothingGathered();
        const sent: Bulletin[] = [];
        let nowMs = START_MS;
        const distinct = new Set<string>();
        const passTo = (untilMs: number) => {
          for (;;) {
            const moveMs = nextMoveMs(gathering);
            if (moveMs === null || moveMs > untilMs) break;
            nowMs = Math.max(nowMs, moveMs);
            sent.push(...take(gathering, nowMs));
          }
          nowMs = untilMs;
        };
        for (const { about, alike, afterMs } of events) {
          passTo(nowMs + afterMs);
          const before = gathering.waiting.find(({ key }) => key.endsWith(`: ${alike}`));
          const known = before?.alike.members.some((member) => member.about === about) ?? false;
          if (!known) distinct.add(`${distinct.size} ${about}`);
          gather(gathering, passed(about, alike), nowMs);
          expect(Gathering.safeParse(gathering).success).toBe(true);
        }
        passTo(nowMs + 48 * HOUR_MS);
        const times = sent.map(({ at }) => Date.parse(at));
        for (const [index, atMs] of times.entries()) {
          const fourth = times[index + rules.perHour];
          if (fourth !== undefined) expect(fourth - atMs).toBeGreaterThanOrEqual(HOUR_MS);
        }
        const told = counted(sent).reduce((sum, count) => sum + count, 0);
        const unnamed = sent.reduce((sum, bulletin) => sum + bulletin.unnamed, 0);
        expect(told + unnamed).toBe(distinct.size);
        expect(nextMoveMs(gathering)).toBeNull();
        expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
      }),
      { numRuns: 200 },
    );
  });
});
