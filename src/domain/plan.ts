import { z } from 'zod';
import { Architecture, HostName, PackageName, PackageVersion, Sha256 } from './names.ts';
import { Severity } from './severity.ts';

export const Scope = z.enum(['all', 'security']);
export type Scope = z.infer<typeof Scope>;

/** One package that the plan installs anew or brings to a newer version. */
export const Change = z.object({
  name: PackageName,
  architecture: Architecture,
  /** Only where the installed package is of another architecture: it became independent of any, or ceased to be. */
  oldArchitecture: Architecture.optional(),
  /** null when the package is new on the host, or comes beside its older version, as kernels do. */
  oldVersion: PackageVersion.nullable(),
  newVersion: PackageVersion,
  /** The archive's file name, as the package manager's cache calls it; no slash. */
  archive: z.string().regex(/^[^/\p{Cc}]{1,300}$/u),
  sha256: Sha256,
  sizeBytes: z.number().int().nonnegative(),
  /** The repository's own label and suite, for example `Debian-Security:12/stable-security`. */
  origin: z.string().max(300),
  /** Whether a security repository offers it, judged by the origin's label and never by the name. */
  security: z.boolean(),
});
export type Change = z.infer<typeof Change>;

/** One package that the plan would remove; such a plan always needs a person. */
export const Removal = z.object({
  name: PackageName,
  architecture: Architecture,
  oldVersion: PackageVersion,
});
export type Removal = z.infer<typeof Removal>;

/** yes, no or unknown; never a bare boolean, because "unknown" must not read as "no". */
export const RebootRequired = z.object({
  answer: z.enum(['yes', 'no', 'unknown']),
  reason: z.string().max(500),
});
export type RebootRequired = z.infer<typeof RebootRequired>;

/**
 * What would change on one host: immutable, with pinned versions and hashes. Execution is left no
 * choice. Changes and removals are sorted by name, then architecture, so that the same intent has
 * the same digest.
 */
export const Plan = z.object({
  format: z.literal(1),
  host: HostName,
  manager: z.string(),
  scope: Scope,
  changes: z.array(Change).max(20_000),
  removals: z.array(Removal).max(20_000),
});
export type Plan = z.infer<typeof Plan>;

/** What is known about why a change matters; beside the plan and outside its digest, since it may be unreachable. */
export const Advisory = z.object({
  package: PackageName,
  /** The vendor's notice, for example `DSA-5900-1`, where it is known. */
  id: z.string().max(100).nullable(),
  /** `unknown` when the source could not be asked; an empty list means it was asked and names none. */
  cves: z.union([z.array(z.string().regex(/^CVE-\d{4}-\d{4,7}$/)).max(500), z.literal('unknown')]),
  /** Left out where the vendor does not say; agents of earlier versions never do. */
  severity: Severity.optional(),
  /** Where the answer comes from, or why there is none. */
  source: z.string().max(300),
});
export type Advisory = z.infer<typeof Advisory>;

/** A change with what is known about it, as lists and reports show it. */
export const ChangeRow = z.object({
  name: PackageName,
  architecture: Architecture,
  oldArchitecture: Architecture.optional(),
  oldVersion: PackageVersion.nullable(),
  newVersion: PackageVersion,
  origin: z.string(),
  security: z.boolean(),
  sizeBytes: z.number(),
  cves: Advisory.shape.cves,
  advisory: z.string().nullable(),
});
export type ChangeRow = z.infer<typeof ChangeRow>;

/** At most this many rows of a plan travel through the workflow: about 60 kB, far under the 2 MB of a payload. */
export const OVERVIEW_ROWS_MAX = 200;

/**
 * What the workflow and people see of a plan. The whole plan lies on the host; its digest binds
 * the two.
 */
export const PlanOverview = z.object({
  digest: Sha256,
  /** What would be installed and removed, the same on every host of which that is the same. Agents of earlier versions say nothing. */
  changes: Sha256.optional(),
  scope: Scope,
  madeAt: z.iso.datetime(),
  changeCount: z.number().int(),
  securityCount: z.number().int(),
  removalCount: z.number().int(),
  downloadBytes: z.number().int(),
  rows: z.array(ChangeRow).max(OVERVIEW_ROWS_MAX),
  removals: z.array(Removal).max(OVERVIEW_ROWS_MAX),
  /** Packages that somebody holds back and that the plan therefore leaves alone. */
  held: z.array(PackageName).max(OVERVIEW_ROWS_MAX),
  /**
   * Newer versions that the plan leaves alone though nobody holds them, one sentence each: in the
   * scope `security`, fixes that need something which is not security.
   */
  leftOut: z.array(z.string().max(300)).max(OVERVIEW_ROWS_MAX).optional(),
  /** Why a reboot is expected after this plan, as far as can be said beforehand. */
  rebootExpected: RebootRequired,
});
export type PlanOverview = z.infer<typeof PlanOverview>;
