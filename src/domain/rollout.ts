import { z } from 'zod';
import { Amount } from './amount.ts';
import { CycleStateName } from './cycle.ts';
import { RefusedMessage } from './decision.ts';
import { Duration } from './duration.ts';
import { Budget } from './group.ts';
import { HostName, PersonName, Reason, Sha256, ShortName } from './names.ts';
import { Outcome } from './outcome.ts';
import { PLATFORMS_MAX, ProvedVersions } from './plan-limits.ts';
import { NamedPolicy } from './policy.ts';
import { RolloutDecision } from './rollout-decision.ts';
import { RolloutRules } from './rollout-rules.ts';

/**
 * What a rollout is called. One that a schedule starts has the time at which it was due behind its
 * name, because Temporal puts it there.
 */
export const RolloutName = z
  .string()
  .max(100)
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?(?:-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?$/,
    "a rollout's name has 1 to 64 lower-case letters, digits, and inner dots, hyphens or underscores",
  );
export type RolloutName = z.infer<typeof RolloutName>;

/** One host of a rollout. Policies are many hosts' own, so it names one by its place in the list. */
export const RolloutHost = z.strictObject({
  host: HostName,
  policy: z.number().int().nonnegative(),
  groups: z.array(ShortName).max(20).default([]),
});
export type RolloutHost = z.infer<typeof RolloutHost>;

/** How a host's cycle ended in the rollout; `lost` when it is gone without a report. */
export const HostEnding = z.enum([...Outcome.options, 'lost']);
export type HostEnding = z.infer<typeof HostEnding>;

/** The plan that a cycle asks about. */
export const AskedPlan = z.strictObject({
  digest: Sha256,
  /** The same on hosts that would get the same. */
  changes: Sha256,
  /** The host takes only signed approvals, which nobody can give for it. */
  signed: z.boolean(),
});
export type AskedPlan = z.infer<typeof AskedPlan>;

/** Where one host stands in the rollout. */
export const HostStanding = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('waiting'),
    /** Another cycle of this host runs; it is tried again at this time. */
    busyUntil: z.iso.datetime().optional(),
  }),
  z.strictObject({
    is: z.literal('running'),
    runId: z.string().max(64),
    /** The last that the cycle said of itself. */
    at: CycleStateName,
    /** While it asks for approval: of which plan. */
    asks: AskedPlan.optional(),
  }),
  z.strictObject({ is: z.literal('ended'), ending: HostEnding }),
  z.strictObject({ is: z.literal('skipped') }),
]);
export type HostStanding = z.infer<typeof HostStanding>;

/** One host with its standing. `bad`: counted against the halt threshold, until a person says to go on. */
export const RolloutMember = z.strictObject({
  host: HostName,
  wave: z.number().int().nonnegative(),
  standing: HostStanding,
  bad: z.boolean(),
});
export type RolloutMember = z.infer<typeof RolloutMember>;

/** What the rollout as a whole does. */
export const RolloutState = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('running') }),
  /** A wave is over, and its hosts are watched. */
  z.strictObject({ name: z.literal('soaking'), until: z.iso.datetime() }),
  z.strictObject({ name: z.literal('paused'), by: z.string(), since: z.iso.datetime() }),
  /** It stopped by itself and waits for a person. */
  z.strictObject({ name: z.literal('halted'), why: z.string(), since: z.iso.datetime() }),
  /** No host is started any more; what runs ends safely. */
  z.strictObject({ name: z.literal('aborting'), by: z.string(), since: z.iso.datetime() }),
  z.strictObject({ name: z.literal('ended'), outcome: z.enum(['finished', 'aborted']) }),
]);
export type RolloutState = z.infer<typeof RolloutState>;

/** A decision that a rollout took, with the time at which it received it. */
export const TakenRolloutDecision = z.strictObject({
  decision: RolloutDecision,
  at: z.iso.datetime(),
});
export type TakenRolloutDecision = z.infer<typeof TakenRolloutDecision>;

export const ApprovedChanges = z.strictObject({
  changes: Sha256,
  by: PersonName,
  /** The wave in which it was approved. */
  wave: z.number().int().nonnegative(),
});
export type ApprovedChanges = z.infer<typeof ApprovedChanges>;

/** A person decides about a few kinds of hosts; of more the earliest ask again. */
export const APPROVED_CHANGES_MAX = 200;

/** Decisions that a rollout remembers, the latest ones. */
export const ROLLOUT_DECISIONS_MAX = 200;

/** What one run of the workflow hands to the next. */
export const RolloutProgress = z.strictObject({
  startedAt: z.iso.datetime(),
  state: RolloutState,
  /** The last wave whose hosts may start, counted from 0. */
  wave: z.number().int().nonnegative(),
  members: z.array(RolloutMember),
  /** By platform, what the hosts of the first wave that changed any have installed; later waves take nothing else. */
  pins: z
    .array(ProvedVersions.extend({ wave: z.number().int().nonnegative() }))
    .max(PLATFORMS_MAX)
    .default([]),
  /** Changes that people have approved for many hosts. */
  approved: z.array(ApprovedChanges).max(APPROVED_CHANGES_MAX),
  decisions: z.array(TakenRolloutDecision).max(ROLLOUT_DECISIONS_MAX),
  refused: z.array(RefusedMessage),
  refusedCount: z.number().int(),
});
export type RolloutProgress = z.infer<typeof RolloutProgress>;

/** Ten thousand hosts and more in one rollout would not fit into one message of Temporal. */
export const ROLLOUT_HOSTS_MAX = 10_000;

/**
 * What a rollout is started with: its hosts in waves, each host once, chosen beforehand, so that
 * the workflow has no choice left. Its name is its workflow's ID.
 */
export const RolloutInput = z.strictObject({
  requestedBy: PersonName,
  reason: Reason.optional(),
  policies: z.array(NamedPolicy).min(1).max(1_000),
  /** The groups with a disruption budget. */
  budgets: z.array(Budget).max(1_000).default([]),
  waves: z.array(z.array(RolloutHost).min(1)).min(1).max(50),
  soak: Duration,
  halt: Amount,
  approval: RolloutRules.shape.approval.unwrap(),
  atOnce: RolloutRules.shape.atOnce.unwrap(),
  /** Only from one run of the rollout to the next. */
  progress: RolloutProgress.optional(),
});
export type RolloutInput = z.infer<typeof RolloutInput>;

/** What a host's cycle says to its rollout: where it stands, and how it ended. */
export const HostNotice = z.strictObject({
  host: HostName,
  runId: z.string().max(64),
  at: CycleStateName,
  outcome: Outcome.optional(),
  asks: AskedPlan.optional(),
  /** With the outcome `patched`: what was installed. */
  proves: ProvedVersions.optional(),
});
export type HostNotice = z.infer<typeof HostNotice>;

/** Policies whose windows people are shown. */
export const TIMES_SHOWN = 10;

/** What the query `rollout` answers, and with its end the workflow itself. */
export const RolloutView = RolloutProgress.extend({
  name: RolloutName,
  requestedBy: z.string(),
  reason: z.string().optional(),
  waves: z.number().int(),
  rules: RolloutInput.pick({ soak: true, halt: true, approval: true, atOnce: true }),
  /** When the hosts of each policy may be disrupted; the first policies. */
  times: z.array(NamedPolicy.pick({ name: true, window: true, blackouts: true })).max(TIMES_SHOWN),
  endedAt: z.iso.datetime().nullable(),
});
export type RolloutView = z.infer<typeof RolloutView>;
