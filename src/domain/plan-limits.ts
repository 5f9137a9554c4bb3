import { z } from 'zod';
import { SUSPECTS_MAX, VersionOf } from './known-bad.ts';
import { PackageName, PackageVersion } from './names.ts';

/** Versions that the first hosts of a rollout have installed, and are well with. */
export const Pins = z.strictObject({
  rollout: z.string().max(200),
  packages: z.record(PackageName, PackageVersion),
});
export type Pins = z.infer<typeof Pins>;

/** What a plan may not bring. What it leaves out because of them, it says. */
export const PlanLimits = z.object({
  knownBad: z.array(VersionOf).max(SUSPECTS_MAX),
  /** Exactly these versions and no other package. */
  pins: Pins.optional(),
});
export type PlanLimits = z.infer<typeof PlanLimits>;
