import { z } from 'zod';
import { Duration } from './duration.ts';
import { PackageName, PersonName, Reason } from './names.ts';
import { ScheduleRule } from './schedule.ts';

/** Somebody answers for it until a day, to its end (UTC). */
const Answered = {
  owner: PersonName,
  until: z.iso.date('a day reads 2026-12-31'),
  why: Reason.min(1, 'say why'),
};

/** Why a package is held back on hosts of the policy, or why lines of logs are ignored. */
export const Exception = z.union([
  z.strictObject({ hold: PackageName, ...Answered }),
  z.strictObject({ ignore: z.string().min(1).max(500), ...Answered }),
]);
export type Exception = z.infer<typeof Exception>;

/** What a review of the fleet finds fault with. */
export const ReviewRules = z.strictObject({
  /** Who answers for the policy. */
  owner: PersonName.optional(),
  /** So often a person has to say that the policy is as it should be. */
  every: Duration.default('180d'),
  /** So long security updates may be pending, by what the vendor calls them. */
  securityUpdates: z
    .strictObject({
      critical: Duration.default('3d'),
      high: Duration.default('7d'),
      medium: Duration.default('30d'),
      low: Duration.default('90d'),
      unknown: Duration.default('14d'),
    })
    .prefault({}),
  /** Within so long each host has to be patched, or found up to date. */
  patched: Duration.default('35d'),
  /** So long a reboot may be pending. */
  reboot: Duration.default('7d'),
  /** So long a version may be left out of plans because it is known to be bad. */
  excluded: Duration.default('30d'),
  /** Whose approvals count; left out, anybody's. */
  approvers: z.array(PersonName).min(1).max(200).optional(),
  exceptions: z.array(Exception).max(200).default([]),
});
export type ReviewRules = z.infer<typeof ReviewRules>;

/** The review of the whole fleet. */
export const FleetReview = z.strictObject({
  /** When it is made by itself; left out, only when somebody asks for it. */
  schedule: ScheduleRule.extend({ timeZone: z.string().min(1).max(64) }).optional(),
});
export type FleetReview = z.infer<typeof FleetReview>;
