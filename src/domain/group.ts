import { z } from 'zod';
import { Amount } from './amount.ts';
import { ShortName } from './names.ts';

/** What an operator says of a group of hosts. */
export const Group = z.strictObject({
  /** Its disruption budget: how many of its hosts may be unavailable at once. */
  budget: Amount.optional(),
  /** Replicas, or the nodes of a pair: never two of them at once. A host has one such group at most. */
  exclusive: z.boolean().default(false),
});
export type Group = z.infer<typeof Group>;

/** So many hosts of this group may be disrupted at once; a cycle takes one slot of each. */
export const Budget = z.strictObject({ group: ShortName, slots: z.number().int().min(1) });
export type Budget = z.infer<typeof Budget>;
