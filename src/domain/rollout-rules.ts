import { z } from 'zod';
import { Amount } from './amount.ts';
import { Duration } from './duration.ts';
import { Labels } from './labels.ts';

/** One wave of a rollout: a number of hosts, a share of all its hosts, or all that have these labels. */
export const WaveRule = z.union([Amount, z.strictObject({ label: Labels })]);
export type WaveRule = z.infer<typeof WaveRule>;

/** How a policy is rolled out over its hosts. */
export const RolloutRules = z.strictObject({
  /** The waves in their order, canaries first; after them one more wave takes the rest. */
  waves: z.array(WaveRule).max(20).default([1, '10%']),
  /** How long the hosts of a wave are watched before the next one begins. */
  soak: Duration.default('30m'),
  /** So many hosts of a wave that fail, are restored or need attention stop the rollout. */
  halt: Amount.default(1),
  /** `listed` takes the hosts as the file lists them. */
  order: z.enum(['listed', 'name']).default('listed'),
  /** Whether people decide about each host, once for the hosts of a wave, or once for all. */
  approval: z.enum(['host', 'wave', 'once']).default('host'),
  /** How many cycles run at once. Budgets bound the disruption; this bounds the load. */
  atOnce: z.number().int().min(1).max(500).default(50),
});
export type RolloutRules = z.infer<typeof RolloutRules>;
