import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import {
  TIMES_SHOWN,
  type AskedPlan,
  type HostNotice,
  type RolloutHost,
  type RolloutInput,
  type RolloutMember,
  type RolloutProgress,
  type RolloutState,
  type RolloutView,
} from '../../src/domain/rollout.ts';
import { now } from '../cycle/cycle.ts';
import { showRollout } from './details.ts';
import { parseRolloutInput } from './input.ts';

/** Everything one run of a rollout knows; the only mutable thing in the workflow. */
export type Rollout = {
  readonly name: string;
  readonly input: RolloutInput;
  readonly progress: RolloutProgress;
  /** By host. */
  readonly entries: ReadonlyMap<string, RolloutHost>;
  readonly members: ReadonlyMap<string, RolloutMember>;
  /** Cycles that spoke before Temporal said that they were started. */
  readonly early: HostNotice[];
  /** Cycles that this run has started and that are not over, among them such as have told how they end. */
  readonly closing: Set<Promise<void>>;
  /** A person's no that has yet to be passed on, each to the cycle that asked. */
  readonly rejections: { host: string; runId: string; digest: string; by: string; why?: string }[];
  /** Questions to which the cycle has been told yes. Asked again, the same is another question. */
  readonly toldApproved: WeakSet<AskedPlan>;
  /** Something was heard since the last move. */
  heard: boolean;
  /** It is time to look for cycles that were ended from outside. */
  mayBeLost: boolean;
  /** Hosts whose cycle was told to end, when the rollout is aborted. */
  readonly toldToEnd: Set<string>;
  endedAt: string | null;
};

/**
 * The rollout of this workflow run, new or as its last run left it.
 * Throws ApplicationFailure `BadInput` on input that is none.
 */
export function openRollout(rawInput: unknown): Rollout {
  const { name, input } = parseRolloutInput(rawInput);
  const progress = input.progress ?? beginning(input);
  const entries = input.waves.flat().map((entry) => [entry.host, entry] as const);
  const rollout: Rollout = {
    name,
    input,
    progress,
    entries: new Map(entries),
    members: new Map(progress.members.map((member) => [member.host, member])),
    early: [],
    closing: new Set(),
    rejections: [],
    toldApproved: new WeakSet(),
    heard: false,
    mayBeLost: false,
    toldToEnd: new Set(),
    endedAt: null,
  };
  publish(progress.state, name);
  showRollout(rollout);
  return rollout;
}

function beginning({ waves }: RolloutInput): RolloutProgress {
  return {
    startedAt: workflowInfo().startTime.toISOString(),
    state: { name: 'running' },
    wave: 0,
    members: waves.flatMap((hosts, wave) =>
      hosts.map(({ host }) => ({ host, wave, standing: { is: 'waiting' as const }, bad: false })),
    ),
    pins: [],
    approved: [],
    decisions: [],
    refused: [],
    refusedCount: 0,
  };
}

/** What the rollout as a whole does from here on, shown in search as well. */
export function enterState(rollout: Rollout, state: RolloutState): void {
  const before = rollout.progress.state.name;
  rollout.progress.state = state;
  if (state.name === 'ended') rollout.endedAt = now();
  if (state.name !== before) publish(state, rollout.name);
}

const NAME = defineSearchAttributeKey('PatchRollout', 'KEYWORD');
const STATE = defineSearchAttributeKey('PatchState', 'KEYWORD');

function publish(state: RolloutState, name: string): void {
  const pairs: SearchAttributeUpdatePair[] = [
    { key: NAME, value: name },
    { key: STATE, value: state.name },
  ];
  upsertSearchAttributes(pairs);
}

export function viewOf({ name, input, progress, endedAt }: Rollout): RolloutView {
  const { requestedBy, reason, waves, soak, halt, approval, atOnce } = input;
  const times = input.policies.slice(0, TIMES_SHOWN).map(({ name, window, blackouts }) => ({
    name,
    ...(window === undefined ? {} : { window }),
    ...(blackouts === undefined ? {} : { blackouts }),
  }));
  return {
    ...progress,
    ...{ name, requestedBy, endedAt },
    ...(reason === undefined ? {} : { reason }),
    waves: waves.length,
    rules: { soak, halt, approval, atOnce },
    times,
  };
}
