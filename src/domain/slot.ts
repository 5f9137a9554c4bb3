import { z } from 'zod';
import { RefusedMessage } from './decision.ts';
import { HostName, PersonName, Reason, ShortName } from './names.ts';

/** A cycle asks for a slot of a group. `slots`: how many hosts it was told may be disrupted at once. */
export const SlotRequest = z.strictObject({
  host: HostName,
  workflowId: z.string().min(1).max(300),
  runId: z.string().min(1).max(64),
  /** When the cycle began: of two cycles of a host the later one counts, whoever is heard first. */
  startedAt: z.iso.datetime(),
  /** Which wait of the cycle it is for; what is said of an earlier one counts no more. */
  turn: z.number().int().nonnegative(),
  slots: z.number().int().min(1),
});
export type SlotRequest = z.infer<typeof SlotRequest>;

/** The cycle needs its slot no more: the host is healthy, or nothing was begun. */
export const SlotReturn = SlotRequest.pick({ host: true, runId: true });
export type SlotReturn = z.infer<typeof SlotReturn>;

/** What a cycle is told of its request: granted, or who holds the slots. */
export const SlotNotice = z.strictObject({
  group: ShortName,
  /** That of the request. */
  turn: z.number().int().nonnegative(),
  granted: z.boolean(),
  heldBy: z.array(HostName).max(20),
});
export type SlotNotice = z.infer<typeof SlotNotice>;

export const SlotHolder = SlotRequest.extend({
  since: z.iso.datetime(),
  /** How the cycle ended that holds it, when it is over and gave nothing back. */
  gone: z.string().max(50).optional(),
});
export type SlotHolder = z.infer<typeof SlotHolder>;

/** A person takes a slot from a host whose cycle is gone, having seen that the host is well. */
export const SlotFree = z.strictObject({ host: HostName, by: PersonName, why: Reason.min(1) });
export type SlotFree = z.infer<typeof SlotFree>;

/** Hosts that one group's book lists as waiting; a request beyond them is refused and asked again. */
export const SLOT_QUEUE_MAX = 2_000;

/** Who holds a slot of a group, who waits for one in which order, and which slots people freed. */
export const SlotBook = z.strictObject({
  holders: z.array(SlotHolder).max(10_000),
  queue: z.array(SlotRequest).max(SLOT_QUEUE_MAX),
  freed: z.array(z.strictObject({ ...SlotFree.shape, at: z.iso.datetime() })).max(50),
  refused: z.array(RefusedMessage),
  refusedCount: z.number().int(),
});
export type SlotBook = z.infer<typeof SlotBook>;
