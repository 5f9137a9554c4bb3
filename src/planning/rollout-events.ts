import {
  APPROVED_CHANGES_MAX,
  type AskedPlan,
  type HostEnding,
  type HostNotice,
  type RolloutInput,
  type RolloutMember,
  type RolloutProgress,
} from '../domain/rollout.ts';
import { PLATFORMS_MAX, type ProvedVersions } from '../domain/plan-limits.ts';
import type { RolloutDecision } from '../domain/rollout-decision.ts';
import { didYouMean } from './did-you-mean.ts';
import { cameThrough } from './rollout-summary.ts';

/**
 * Endings that say that the update itself, or the host, is not all right. A host that a person
 * accepted as it is was counted when it needed attention.
 */
const BAD: readonly HostEnding[] = ['failed', 'restored', 'lost'];

export function begin(member: RolloutMember, runId: string): void {
  member.standing = { is: 'running', runId, at: 'inspecting' };
  member.bad = false;
}

/** Where a cycle stands. What a cycle says that is not the one at hand is left aside: answers whether it was taken. */
export function hearNotice(
  member: RolloutMember,
  { runId, at, outcome, asks }: HostNotice,
): boolean {
  const { standing } = member;
  if (standing.is !== 'running' || standing.runId !== runId) return false;
  if (at === 'ended') {
    conclude(member, outcome ?? 'lost');
  } else {
    member.standing = { is: 'running', runId, at, ...(asks === undefined ? {} : { asks }) };
    if (at === 'needs-attention') member.bad = true;
  }
  return true;
}

/** Versions travel with every cycle of the rollout. What is beyond is not proved, and another rollout brings it. */
const PROVED_SIZE_MAX = 100_000;

/**
 * What a host has installed is proved with its ending. On each platform the first wave in which
 * anything is installed proves for all later ones, and only until the next one begins: who comes
 * later, or is tried again, changes nothing for others.
 */
export function provePins(
  { pins, wave }: Pick<RolloutProgress, 'pins' | 'wave'>,
  { platform, packages }: ProvedVersions,
): void {
  if (Object.keys(packages).length === 0) return;
  const size = JSON.stringify(pins).length + JSON.stringify(packages).length;
  if (size > PROVED_SIZE_MAX) return;
  const known = pins.find((one) => one.platform === platform);
  if (known === undefined) {
    if (pins.length < PLATFORMS_MAX) pins.push({ platform, wave, packages });
  } else if (known.wave === wave) {
    known.packages = { ...known.packages, ...packages };
  }
}

/** What cycles that begin now may install, by platform; on others, whatever is offered. */
export function provedVersions(progress: Pick<RolloutProgress, 'pins' | 'wave'>): ProvedVersions[] {
  return progress.pins
    .filter(({ wave }) => wave < progress.wave)
    .map(({ platform, packages }) => ({ platform, packages }));
}

export function conclude(member: RolloutMember, ending: HostEnding): void {
  member.standing = { is: 'ended', ending };
  if (BAD.includes(ending)) member.bad = true;
  else if (cameThrough(member)) member.bad = false;
}

/** Why a decision cannot be taken now, as a piece of a sentence for its sender; null when it can. */
export function decisionObjection(
  { state, members }: Pick<RolloutProgress, 'state' | 'members'>,
  decision: RolloutDecision,
  approval: RolloutInput['approval'] = 'host',
): string | null {
  if (state.name === 'ended') return `the rollout is over: ${state.outcome}`;
  if (state.name === 'aborting') return `the rollout is being aborted, by ${state.by}`;
  switch (decision.kind) {
    case 'pause':
      return state.name === 'paused' || state.name === 'halted'
        ? `the rollout is ${state.name} already`
        : null;
    case 'resume':
      return state.name === 'paused' || state.name === 'halted'
        ? null
        : `the rollout is ${state.name}; only one that is paused or halted can be resumed`;
    case 'abort':
      return null;
    case 'approve':
      return state.name === 'halted'
        ? 'the rollout is halted; resume it first, or decide about each host: patchcycle approve HOST'
        : changesObjection(members, decision, approval);
    case 'reject':
      return changesObjection(members, decision, approval);
    case 'retry':
    case 'skip': {
      const { host, kind } = decision;
      const member = members.find((each) => each.host === host);
      if (member === undefined) {
        const known = members.map((each) => each.host);
        return `${host} is not in this rollout${didYouMean(host, known) ?? ''}`;
      }
      return kind === 'retry' ? retryObjection(member) : skipObjection(member);
    }
  }
}

function changesObjection(
  members: readonly RolloutMember[],
  { kind, changes }: Extract<RolloutDecision, { kind: 'approve' | 'reject' }>,
  approval: RolloutInput['approval'],
): string | null {
  if (approval === 'host') {
    return 'the policy has people decide about each host: patchcycle approve HOST';
  }
  const asking = members.filter((member) => asksFor(member, changes));
  const [first] = asking;
  if (first === undefined) return `no host of this rollout asks about the changes ${changes} now`;
  return kind === 'approve' && asking.every(takesOnlySigned)
    ? `only hosts that take signed approvals ask about these changes, for example ${first.host}; approve each of them: patchcycle approve HOST --key FILE`
    : null;
}

function asksFor({ standing }: RolloutMember, changes: string): boolean {
  return standing.is === 'running' && standing.asks?.changes === changes;
}

function takesOnlySigned({ standing }: RolloutMember): boolean {
  return standing.is === 'running' && standing.asks?.signed === true;
}

function retryObjection(member: RolloutMember): string | null {
  const { host, standing } = member;
  if (standing.is === 'waiting') return `${host} has not been started yet`;
  if (standing.is === 'running') return runningObjection(host, standing.at);
  return cameThrough(member) ? `${host} came through: there is nothing to try again` : null;
}

function skipObjection(member: RolloutMember): string | null {
  const { host, standing } = member;
  if (standing.is === 'running') return runningObjection(host, standing.at);
  if (standing.is === 'skipped') return `${host} is skipped already`;
  return cameThrough(member) ? `${host} came through already` : null;
}

function runningObjection(host: string, at: string): string {
  const way = at === 'needs-attention' ? 'resolve' : 'abort';
  return `the cycle of ${host} runs (${at}); decide about it with: patchcycle ${way} ${host}`;
}

/** Puts a decision to which nothing objects into effect. `at`: when it was received. */
export function applyDecision(
  progress: Pick<RolloutProgress, 'state' | 'members' | 'wave' | 'approved'>,
  decision: RolloutDecision,
  at: string,
): void {
  const { by } = decision;
  switch (decision.kind) {
    case 'pause':
      progress.state = { name: 'paused', by, since: at };
      return;
    case 'resume':
      // Whoever goes on after a halt has seen these; only what goes wrong from here on stops it again.
      if (progress.state.name === 'halted')
        for (const member of progress.members) member.bad = false;
      progress.state = { name: 'running' };
      return;
    case 'abort':
      progress.state = { name: 'aborting', by, since: at };
      return;
    case 'approve': {
      const { changes } = decision;
      // A host of an earlier wave that is tried again asks in the name of its own wave.
      for (const wave of askingWaves(progress, changes)) {
        progress.approved.push({ changes, by, wave });
      }
      progress.approved.splice(0, progress.approved.length - APPROVED_CHANGES_MAX);
      return;
    }
    case 'reject':
      // Said to the hosts that ask now; what a later one asks is another question.
      return;
    case 'retry':
    case 'skip': {
      const member = progress.members.find(({ host }) => host === decision.host);
      if (member === undefined) throw new Error(`${decision.host} was judged to be in the rollout`);
      member.standing = decision.kind === 'retry' ? { is: 'waiting' } : { is: 'skipped' };
      member.bad = false;
    }
  }
}

function askingWaves(
  { members, wave }: Pick<RolloutProgress, 'members' | 'wave'>,
  changes: string,
): readonly number[] {
  const asking = members.filter((member) => asksFor(member, changes));
  return asking.length === 0 ? [wave] : [...new Set(asking.map((member) => member.wave))];
}

/**
 * The plan of this host that a person has approved together with those of others, and who; null
 * where none is. While the rollout is stopped, nobody is approved by what was said before it went wrong.
 */
export function approvalFor(
  { approved, state }: Pick<RolloutProgress, 'approved' | 'state'>,
  { standing, wave }: RolloutMember,
  approval: RolloutInput['approval'],
): { asks: AskedPlan; by: string } | null {
  if (state.name === 'halted' || state.name === 'aborting') return null;
  const asks = standing.is === 'running' ? standing.asks : undefined;
  if (asks === undefined || asks.signed) return null;
  const found = approved.findLast(
    (one) => one.changes === asks.changes && (approval === 'once' || one.wave === wave),
  );
  return found === undefined ? null : { asks, by: found.by };
}
