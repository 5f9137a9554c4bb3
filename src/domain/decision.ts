import { z } from 'zod';
import { ArmoredSignature } from './approval-text.ts';
import { PersonName, Reason, Sha256 } from './names.ts';

/** What a person decides about a running cycle; as signals and as the update `decide`. */
export const Approve = z.strictObject({
  by: PersonName,
  digest: Sha256,
  why: Reason.optional(),
  /** For a host that takes only signed approvals: the approver's, over approval-text.ts. */
  signature: ArmoredSignature.optional(),
  /** The moment that the signature names; with every signature there is one. */
  expires: z.iso.datetime().optional(),
});
export type Approve = z.infer<typeof Approve>;

export const Reject = z.strictObject({ by: PersonName, digest: Sha256, why: Reason.optional() });
export type Reject = z.infer<typeof Reject>;

export const Abort = z.strictObject({ by: PersonName, why: Reason.optional() });
export type Abort = z.infer<typeof Abort>;

/** The three ways out of `needs-attention`. */
export const Resolution = z.enum(['retry', 'restore', 'accept']);
export type Resolution = z.infer<typeof Resolution>;

export const Resolve = z.strictObject({ by: PersonName, how: Resolution, why: Reason.optional() });
export type Resolve = z.infer<typeof Resolve>;

export const Decision = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approve'), ...Approve.shape }),
  z.strictObject({ kind: z.literal('reject'), ...Reject.shape }),
  z.strictObject({ kind: z.literal('abort'), ...Abort.shape }),
  z.strictObject({ kind: z.literal('resolve'), ...Resolve.shape }),
]);
export type Decision = z.infer<typeof Decision>;
export type DecisionKind = Decision['kind'];

/** A decision that was taken, with the time at which the cycle received it. */
export const TakenDecision = z.object({ decision: Decision, at: z.iso.datetime() });
export type TakenDecision = z.infer<typeof TakenDecision>;

/** A message that was refused; only bounded pieces of what the sender sent are kept. */
export const RefusedMessage = z.object({
  at: z.iso.datetime(),
  kind: z.string().max(20),
  by: z.string().max(128).nullable(),
  why: z.string().max(500),
});
export type RefusedMessage = z.infer<typeof RefusedMessage>;

/**
 * How many signed approvals a host is asked about while one plan waits. Each costs a step of the
 * history; a person errs a few times at most.
 */
export const SIGNED_APPROVALS_CHECKED_MAX = 20;

/** How many refused messages a cycle remembers; beyond that they are only counted, so that nobody can fill its history with them. */
export const REFUSED_MESSAGES_MAX = 20;
