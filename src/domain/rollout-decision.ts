import { z } from 'zod';
import { HostName, PersonName, Reason, Sha256 } from './names.ts';

const Word = { by: PersonName, why: Reason.optional() };

/** What a person decides about a running rollout; as signals and as the update `decide`. */
export const RolloutDecision = z.discriminatedUnion('kind', [
  /** No further host is started; cycles that run go on. */
  z.strictObject({ kind: z.literal('pause'), ...Word }),
  /** Goes on after a pause or a halt; after a halt, hosts that failed so far are counted no more. */
  z.strictObject({ kind: z.literal('resume'), ...Word }),
  /** Ends it: cycles end before any change, or finish theirs. */
  z.strictObject({ kind: z.literal('abort'), ...Word }),
  /** These changes on every host that asks for exactly them, in this wave or in all, as the policy says. */
  z.strictObject({ kind: z.literal('approve'), changes: Sha256, ...Word }),
  /** These changes on the hosts that ask for them now. */
  z.strictObject({ kind: z.literal('reject'), changes: Sha256, ...Word }),
  /** Starts a host again whose cycle has ended. */
  z.strictObject({ kind: z.literal('retry'), host: HostName, ...Word }),
  /** Leaves a host out that was not started, or is content with how it ended. */
  z.strictObject({ kind: z.literal('skip'), host: HostName, by: PersonName, why: Reason.min(1) }),
]);
export type RolloutDecision = z.infer<typeof RolloutDecision>;
