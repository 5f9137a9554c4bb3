import { z } from 'zod';
import { RefusedMessage } from './decision.ts';
import { CycleId, HostName, PackageName, PackageVersion, PersonName, Reason } from './names.ts';

/** One version of one package. */
export const VersionOf = z.strictObject({ package: PackageName, version: PackageVersion });
export type VersionOf = z.infer<typeof VersionOf>;

/** After a host was restored: which of the new versions may have been the reason. */
export const BadReport = z.strictObject({
  host: HostName,
  cycle: CycleId,
  suspects: z
    .array(
      VersionOf.extend({
        /** The failure named the package, or nothing else was changed. */
        certain: z.boolean(),
      }),
    )
    .max(200),
});
export type BadReport = z.infer<typeof BadReport>;

/** A person has looked and found that the version is good, or that it is good by now. */
export const ClearBad = VersionOf.extend({ by: PersonName, why: Reason.min(1) });
export type ClearBad = z.infer<typeof ClearBad>;

/** A version after which hosts were restored. */
export const SuspectVersion = VersionOf.extend({
  certain: z.boolean(),
  seenBy: z.array(z.strictObject({ host: HostName, cycle: CycleId, at: z.iso.datetime() })).max(10),
  cleared: z.strictObject({ by: PersonName, why: Reason, at: z.iso.datetime() }).optional(),
});
export type SuspectVersion = z.infer<typeof SuspectVersion>;

/** Versions that are remembered at most; the oldest are forgotten, those that were cleared first. */
export const SUSPECTS_MAX = 2_000;

export const BadVersions = z.strictObject({
  versions: z.array(SuspectVersion).max(SUSPECTS_MAX),
  refused: z.array(RefusedMessage),
  refusedCount: z.number().int(),
});
export type BadVersions = z.infer<typeof BadVersions>;
