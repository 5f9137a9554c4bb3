import { workflowInfo } from '@temporalio/workflow';
import type { Approval } from '../../src/domain/approval.ts';
import { cycleIdOf } from '../../src/domain/cycle-id.ts';
import {
  transition,
  type CycleState,
  type CycleView,
  type PatchHostInput,
} from '../../src/domain/cycle.ts';
import type { Abort, RefusedMessage, Resolve, TakenDecision } from '../../src/domain/decision.ts';
import type { FailureRecord } from '../../src/domain/failure.ts';
import type { PlanOverview } from '../../src/domain/plan.ts';
import type { Report, StepRecord } from '../../src/domain/report.ts';
import type { BackupSummary, StepInput } from '../../src/domain/steps.ts';
import { showDetails } from './details.ts';
import type { Undo } from './compensation.ts';
import { stepsOn, type Steps } from './host-steps.ts';
import { parseInput } from './input.ts';
import type { Claim } from './signed-approvals.ts';
import { publishState } from './search-attributes.ts';
import { tellRollout } from './tell-rollout.ts';

/** What steps find out on the way and the report tells afterwards. */
export type Findings = Pick<
  Report,
  'facts' | 'logs' | 'checks' | 'restore' | 'leftAside' | 'reboots' | 'failures'
> & {
  backup: BackupSummary | null;
  /** A restore found something to put back; one that is repeated after a crash may find nothing any more. */
  touched: boolean;
};

/** Everything one running cycle knows; the only mutable thing in the workflow. */
export type Cycle = {
  readonly input: PatchHostInput;
  readonly step: StepInput;
  /** The steps on its host. */
  readonly on: Steps;
  readonly startedAt: string;
  state: CycleState;
  plan: PlanOverview | null;
  readonly steps: StepRecord[];
  readonly found: Findings;
  readonly decisions: TakenDecision[];
  readonly refused: RefusedMessage[];
  refusedCount: number;
  /** The approval in force and the plan it is for; another digest needs another one. */
  approved: { approval: Approval; plan: PlanOverview } | null;
  /** By group: a slot that was asked for or is held, in which wait, and who holds the others. */
  readonly slots: Map<string, { turn: number; held: boolean; heldBy: string[] }>;
  /** Times that slots of groups were waited for. */
  slotTurns: number;
  /** Waits for a slot after which the plan was made again. */
  slotWaits: number;
  /** Openings of the maintenance window that were waited for. */
  windowWaits: number;
  /** A person who was told that the window had closed said to finish all the same. */
  mayFinishOutsideWindow: boolean;
  /** The last approval or rejection of the plan that is waited for. */
  verdict: TakenDecision | null;
  /** Signed approvals of the plan that is waited for, in their order; the host is asked about each. */
  readonly claims: Claim[];
  aborted: Abort | null;
  resolution: Resolve | null;
  /** Stops what runs before the first change; set while that phase lasts. */
  cancelPreparation: (() => void) | null;
  /** Done when the rollout has heard everything that it was told. */
  told: Promise<void>;
  /** Undos of the steps that began, in their order. */
  readonly undos: Undo[];
};

/**
 * The cycle of this workflow run.
 * Throws ApplicationFailure `BadInput` on input that is not a {@link PatchHostInput}.
 */
export function openCycle(rawInput: unknown): Cycle {
  const input = parseInput(rawInput);
  const { namespace, workflowId, runId, startTime } = workflowInfo();
  const cycle: Cycle = {
    input,
    step: {
      cycle: cycleIdOf(startTime, runId),
      host: input.host,
      policy: input.policy,
      workflow: { namespace, workflowId, runId },
    },
    on: stepsOn(input.host, input.policy),
    startedAt: startTime.toISOString(),
    state: { name: 'inspecting' },
    plan: null,
    steps: [],
    found: {
      facts: null,
      logs: null,
      checks: [],
      restore: null,
      leftAside: [],
      reboots: [],
      failures: [],
      backup: null,
      touched: false,
    },
    decisions: [],
    refused: [],
    refusedCount: 0,
    approved: null,
    slots: new Map(),
    slotTurns: 0,
    slotWaits: 0,
    windowWaits: 0,
    mayFinishOutsideWindow: false,
    verdict: null,
    claims: [],
    aborted: null,
    resolution: null,
    cancelPreparation: null,
    told: Promise.resolve(),
    undos: [],
  };
  publishState(cycle, null);
  showDetails(cycle);
  return cycle;
}

/** Goes to the next state, shows it in the Web UI and in search, and tells the rollout. */
export function enter(cycle: Cycle, next: CycleState): void {
  const before = cycle.state;
  cycle.state = transition(before, next);
  publishState(cycle, before);
  showDetails(cycle);
  tellRollout(cycle, before.name);
}

/** The next state publishes it for search. */
export function takePlan(cycle: Cycle, plan: PlanOverview): void {
  cycle.plan = plan;
  showDetails(cycle);
}

/** The digest of the plan at hand. It is an error of this workflow to ask before there is one. */
export function planDigest(cycle: Cycle): string {
  if (cycle.plan === null) throw new Error('No plan was made yet, so it has no digest');
  return cycle.plan.digest;
}

export function noteFailure(cycle: Cycle, failure: FailureRecord): FailureRecord {
  if (cycle.found.failures.length < FAILURES_KEPT) cycle.found.failures.push(failure);
  return failure;
}

/** Enough to tell a whole bad night; the report's schema has the same bound. */
const FAILURES_KEPT = 50;

export function viewOf(cycle: Cycle): CycleView {
  return {
    host: cycle.input.host,
    cycle: cycle.step.cycle,
    policy: cycle.input.policy.name,
    requestedBy: cycle.input.requestedBy,
    startedAt: cycle.startedAt,
    state: cycle.state,
    plan: cycle.plan,
    steps: cycle.steps,
    decisions: cycle.decisions,
    refused: cycle.refused,
    refusedCount: cycle.refusedCount,
  };
}

export function now(): string {
  return new Date().toISOString();
}
