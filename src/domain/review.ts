import { z } from 'zod';
import { HostName, PersonName, Reason, ShortName } from './names.ts';
import { ReviewRules } from './review-rules.ts';

/** A policy as it is reviewed. */
export const ReviewedPolicy = z.strictObject({
  name: ShortName,
  rules: ReviewRules,
  /** Every expression of lines that its hosts ignore in logs. */
  ignores: z.array(z.string().max(500)).max(1_000),
});
export type ReviewedPolicy = z.infer<typeof ReviewedPolicy>;

/** A host as it is reviewed; `policy` is its place in the list. */
export const ReviewedHost = z.strictObject({
  host: HostName,
  policy: z.number().int().nonnegative(),
  /** A label says so. */
  critical: z.boolean(),
  /** Its policy asks for no approval. */
  unattended: z.boolean(),
  /** Backups that stay on it. */
  keep: z.number().int(),
});
export type ReviewedHost = z.infer<typeof ReviewedHost>;

/** More would not fit into one message of Temporal. */
export const REVIEWED_HOSTS_MAX = 10_000;

/** What a review is started with: the file as far as it is reviewed. */
export const ReviewInput = z.strictObject({
  requestedBy: PersonName,
  policies: z.array(ReviewedPolicy).max(500),
  hosts: z.array(ReviewedHost).max(REVIEWED_HOSTS_MAX),
});
export type ReviewInput = z.infer<typeof ReviewInput>;

export const FindingKind = z.enum([
  'security-updates-old',
  'name-shared',
  'critical-unattended',
  'backup-missing',
  'not-patched',
  'reboot-pending',
  'not-heard-of',
  'approver-not-allowed',
  'hold-unanswered',
  'ignore-unanswered',
  'exception-expired',
  'exclusion-old',
  'policy-not-reviewed',
  'policy-without-owner',
  'backups-too-many',
  'report-lost',
]);
export type FindingKind = z.infer<typeof FindingKind>;

/** One thing that a person has to look at. */
export const Finding = z.object({
  kind: FindingKind,
  /** The host or the policy; or a package, for what is about all of them. */
  about: z.string().max(300),
  text: z.string().max(1_000),
});
export type Finding = z.infer<typeof Finding>;

/** A fleet with more has one trouble, not a thousand; each kind is counted in full. */
export const FINDINGS_LISTED_MAX = 2_000;

export const Review = z.object({
  format: z.literal(1),
  at: z.iso.datetime(),
  requestedBy: z.string(),
  hosts: z.number().int(),
  policies: z.number().int(),
  /** Reports that were only in Temporal, and that this review has stored. */
  reportsStored: z.number().int(),
  /** How many findings there are of each kind. */
  counts: z.partialRecord(FindingKind, z.number().int()),
  findings: z.array(Finding).max(FINDINGS_LISTED_MAX),
});
export type Review = z.infer<typeof Review>;

/** What of a review goes through Temporal: the whole lies in the store of reports. */
export const ReviewSummary = Review.extend({
  findings: z.array(Finding).max(200),
  /** Where its page is. */
  location: z.string().max(2_000),
});
export type ReviewSummary = z.infer<typeof ReviewSummary>;

/** A person says that a policy is as it should be. */
export const Acknowledge = z.strictObject({
  policy: ShortName,
  by: PersonName,
  why: Reason.min(1, 'say why'),
});
export type Acknowledge = z.infer<typeof Acknowledge>;

export const ACKNOWLEDGED_MAX = 2_000;

/** The last word about each policy. */
export const Acknowledged = z.strictObject({
  policies: z.array(Acknowledge.extend({ at: z.iso.datetime() })).max(ACKNOWLEDGED_MAX),
});
export type Acknowledged = z.infer<typeof Acknowledged>;
