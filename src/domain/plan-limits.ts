import { z } from 'zod';
import { VersionOf } from './known-bad.ts';
import { PackageName, PackageVersion } from './names.ts';

/** Versions that the first hosts of a rollout have installed, and are well with. */
export const Pins = z.strictObject({
  rollout: z.string().max(200),
  packages: z.record(PackageName, PackageVersion),
});
export type Pins = z.infer<typeof Pins>;

/** Known bad versions that travel with one plan. More of them would mean that something else is wrong. */
export const KNOWN_BAD_MAX = 500;

/** What a plan may not bring. What it leaves out because of them, it says. */
export const PlanLimits = z.object({
  knownBad: z.array(VersionOf).max(KNOWN_BAD_MAX),
  /** Exactly these versions and no other package. */
  pins: Pins.optional(),
});
export type PlanLimits = z.infer<typeof PlanLimits>;
