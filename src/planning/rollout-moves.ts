import { durationMs } from '../domain/duration.ts';
import type { RolloutInput, RolloutMember, RolloutProgress } from '../domain/rollout.ts';
import { countOf } from './amount.ts';
import { cameThrough } from './rollout-summary.ts';

type Progress = Pick<RolloutProgress, 'state' | 'wave' | 'members'>;
type Rules = Pick<RolloutInput, 'soak' | 'halt' | 'atOnce'>;

/** What a rollout does next. */
export type Move =
  | { kind: 'start'; members: RolloutMember[] }
  | { kind: 'soak'; until: string }
  | { kind: 'next-wave' }
  | { kind: 'halt'; why: string }
  | { kind: 'end'; outcome: 'finished' | 'aborted' }
  /** Nothing until something is heard, or at the latest until this time. */
  | { kind: 'wait'; untilMs: number | null };

const WAIT: Move = { kind: 'wait', untilMs: null };

/** Every decision of a rollout that no person takes. */
export function nextMove(progress: Progress, rules: Rules, nowMs: number): Move {
  const { state, members } = progress;
  const runs = members.some(({ standing }) => standing.is === 'running');
  const waits = members.some(({ standing }) => standing.is === 'waiting');
  switch (state.name) {
    case 'ended':
      return WAIT;
    case 'aborting':
      return runs ? WAIT : { kind: 'end', outcome: 'aborted' };
    case 'paused':
      return runs || waits ? WAIT : { kind: 'end', outcome: 'finished' };
    case 'halted':
      return runs || waits
        ? { kind: 'wait', untilMs: nextReminderMs(Date.parse(state.since), nowMs) }
        : { kind: 'end', outcome: 'finished' };
    case 'running':
    case 'soaking':
      if (!waits) return runs ? WAIT : { kind: 'end', outcome: 'finished' };
      return haltIn(progress, rules) ?? startIn(progress, rules, nowMs);
  }
}

/** A rollout that waits for a person must not be forgotten: its schedule begins no other one meanwhile. */
const REMIND_EVERY_MS = 24 * 3_600_000;

function nextReminderMs(sinceMs: number, nowMs: number): number {
  const days = Math.floor((nowMs - sinceMs) / REMIND_EVERY_MS) + 1;
  return sinceMs + days * REMIND_EVERY_MS;
}

/**
 * Nothing is left to stop where no host waits any more, so this is asked while one does. A wave
 * that failed as a whole stops the rollout also where the threshold is larger than the wave.
 */
function haltIn({ members, wave }: Progress, { halt }: Rules): Move | null {
  for (let index = 0; index <= wave; index++) {
    const hosts = members.filter((member) => member.wave === index);
    const bad = hosts.filter((member) => member.bad).map(({ host }) => host);
    if (bad.length === 0) continue;
    if (bad.length < countOf(halt, hosts.length, 'up') && hosts.some(mayComeThrough)) continue;
    const named =
      bad.slice(0, 5).join(', ') + (bad.length > 5 ? `, and ${bad.length - 5} more` : '');
    const why = `${bad.length} of the ${hosts.length} hosts of wave ${index + 1} did not come through: ${named}`;
    return { kind: 'halt', why };
  }
  return null;
}

function startIn({ state, members, wave }: Progress, rules: Rules, nowMs: number): Move {
  const begun = members.filter((member) => member.wave <= wave);
  const waiting = begun.filter(({ standing }) => standing.is === 'waiting');
  const ready = waiting.filter((member) => busyUntilMs(member) <= nowMs);
  const room = rules.atOnce - begun.filter(isAtWork).length;
  if (ready.length > 0 && room > 0) return { kind: 'start', members: ready.slice(0, room) };
  if (waiting.length > 0 && room > 0) {
    return { kind: 'wait', untilMs: Math.min(...waiting.map(busyUntilMs)) };
  }
  if (begun.some(isAtWork)) return WAIT;
  const soakMs = durationMs(rules.soak);
  if (state.name !== 'soaking') {
    return soakMs === 0
      ? { kind: 'next-wave' }
      : { kind: 'soak', until: new Date(nowMs + soakMs).toISOString() };
  }
  const untilMs = Date.parse(state.until);
  return untilMs <= nowMs ? { kind: 'next-wave' } : { kind: 'wait', untilMs };
}

/** Whether it came through, or still can without anybody's help. */
function mayComeThrough(member: RolloutMember): boolean {
  return member.standing.is === 'waiting' || isAtWork(member) || cameThrough(member);
}

/** A host that needs a person may do so for days; its wave does not wait for it. */
function isAtWork({ standing }: RolloutMember): boolean {
  return standing.is === 'running' && standing.at !== 'needs-attention';
}

function busyUntilMs({ standing }: RolloutMember): number {
  return standing.is === 'waiting' && standing.busyUntil !== undefined
    ? Date.parse(standing.busyUntil)
    : 0;
}
