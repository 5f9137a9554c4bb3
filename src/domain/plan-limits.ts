import { z } from 'zod';
import { SUSPECTS_MAX, VersionOf } from './known-bad.ts';
import { PackageName, PackageVersion } from './names.ts';

export const PLATFORM_LENGTH_MAX = 100;

/** What hosts of one platform (see planning/platform.ts) have installed, and are well with. */
export const ProvedVersions = z.strictObject({
  platform: z.string().min(1).max(PLATFORM_LENGTH_MAX),
  packages: z.record(PackageName, PackageVersion),
});
export type ProvedVersions = z.infer<typeof ProvedVersions>;

/** Platforms of which a rollout keeps what was proved; a fleet has a handful. */
export const PLATFORMS_MAX = 20;

/** What a rollout has proved, as each of its cycles is told before anybody knows the host's platform. */
export const RolloutPins = z.strictObject({
  rollout: z.string().max(200),
  proved: z.array(ProvedVersions).max(PLATFORMS_MAX),
});
export type RolloutPins = z.infer<typeof RolloutPins>;

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
