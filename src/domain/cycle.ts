import { z } from 'zod';
import { ApprovedRun } from './approval-text.ts';
import { RefusedMessage, TakenDecision } from './decision.ts';
import { FailureRecord } from './failure.ts';
import { Budget } from './group.ts';
import { CycleId, HostName, PersonName, Reason, Sha256, ShortName } from './names.ts';
import { Outcome } from './outcome.ts';
import { PlanOverview } from './plan.ts';
import { RolloutPins } from './plan-limits.ts';
import { NamedPolicy } from './policy.ts';
import { StepRecord } from './report.ts';

/** What a cycle is started with. */
export const PatchHostInput = z.strictObject({
  host: HostName,
  policy: NamedPolicy,
  groups: z.array(ShortName).max(20).default([]),
  /** Those of the groups that have a disruption budget. */
  budgets: z.array(Budget).max(20).default([]),
  requestedBy: PersonName,
  reason: Reason.optional(),
  takeOver: CycleId.optional(),
  /** Versions that the rollout has proved; on their platforms no other is planned. */
  pins: RolloutPins.optional(),
  /** The workflow ID of the rollout that this cycle is part of; it is told where the cycle stands. */
  rollout: z.string().max(200).optional(),
});
export type PatchHostInput = z.infer<typeof PatchHostInput>;

/** Where a cycle stands: one state with the data that belongs to it. */
export const CycleState = z.discriminatedUnion('name', [
  z.object({ name: z.literal('inspecting') }),
  z.object({ name: z.literal('planning') }),
  z.object({
    name: z.literal('awaiting-approval'),
    digest: Sha256,
    expiresAt: z.iso.datetime(),
    /** Why a person is asked: the policy, removals, or drift since the last approval. */
    why: z.string(),
    /** What a signature has to name besides the plan, where the host takes only signed approvals. */
    signing: ApprovedRun.optional(),
  }),
  z.object({
    name: z.literal('awaiting-window'),
    digest: Sha256,
    opensAt: z.iso.datetime(),
    /** The blackouts without which it would open earlier, by their reasons. */
    blackouts: z.array(z.string()).optional(),
  }),
  z.object({
    name: z.literal('awaiting-slot'),
    digest: Sha256,
    since: z.iso.datetime(),
    /** The groups of which a slot is missing, each with the hosts that hold them, as far as known. */
    missing: z.array(z.object({ group: ShortName, heldBy: z.array(HostName) })),
  }),
  z.object({ name: z.literal('preparing'), digest: Sha256 }),
  z.object({ name: z.literal('patching'), digest: Sha256 }),
  z.object({ name: z.literal('rebooting'), digest: Sha256 }),
  z.object({ name: z.literal('verifying'), digest: Sha256 }),
  z.object({ name: z.literal('restoring'), digest: Sha256 }),
  z.object({
    name: z.literal('needs-attention'),
    digest: Sha256,
    since: z.iso.datetime(),
    failure: FailureRecord,
  }),
  z.object({ name: z.literal('reporting'), outcome: Outcome }),
  z.object({ name: z.literal('ended'), outcome: Outcome }),
]);
export type CycleState = z.infer<typeof CycleState>;
export type CycleStateName = CycleState['name'];
export const CycleStateName = z.enum(
  CycleState.options.map(({ shape }) => shape.name.value) as [CycleStateName, ...CycleStateName[]],
);

/** From where a cycle may go where. docs/architecture.md draws exactly these names. */
const TRANSITIONS: Record<CycleStateName, readonly CycleStateName[]> = {
  inspecting: ['planning', 'reporting'],
  planning: ['awaiting-approval', 'awaiting-window', 'awaiting-slot', 'preparing', 'reporting'],
  // After every wait the plan is made again.
  'awaiting-approval': ['planning', 'reporting'],
  'awaiting-window': ['planning', 'reporting'],
  // A slot that was there at once needs no new plan.
  'awaiting-slot': ['awaiting-slot', 'planning', 'preparing', 'reporting'],
  // Back to planning when the window closed while the host was made ready; attention when it cannot be undrained.
  preparing: ['planning', 'patching', 'needs-attention', 'reporting'],
  patching: ['rebooting', 'verifying', 'restoring', 'needs-attention'],
  rebooting: ['verifying', 'restoring', 'needs-attention'],
  verifying: ['restoring', 'needs-attention', 'reporting'],
  restoring: ['needs-attention', 'reporting'],
  'needs-attention': [
    'patching',
    'rebooting',
    'verifying',
    'restoring',
    'needs-attention',
    'reporting',
  ],
  reporting: ['ended'],
  ended: [],
};

/**
 * The only way from one state to the next.
 * Throws a plain Error on a way that is not in the table: then the workflow is wrong, and its task
 * stalls safely until it is mended.
 */
export function transition(from: CycleState, to: CycleState): CycleState {
  if (!TRANSITIONS[from.name].includes(to.name)) {
    throw new Error(`A patch cycle cannot go from ${from.name} to ${to.name}`);
  }
  return to;
}

/** What the query `cycle` answers. */
export const CycleView = z.object({
  host: HostName,
  cycle: CycleId,
  policy: z.string(),
  requestedBy: z.string(),
  startedAt: z.iso.datetime(),
  state: CycleState,
  plan: PlanOverview.nullable(),
  steps: z.array(StepRecord),
  decisions: z.array(TakenDecision),
  refused: z.array(RefusedMessage),
  refusedCount: z.number().int(),
});
export type CycleView = z.infer<typeof CycleView>;
