import { z } from 'zod';
import { Group } from './group.ts';
import { Labels } from './labels.ts';
import { HostName, ShortName } from './names.ts';
import { Policy } from './policy.ts';
import { FleetReview } from './review-rules.ts';

/** What the file says about one host. */
export const HostEntry = z.strictObject({
  policy: ShortName,
  groups: z.array(ShortName).max(20).default([]),
  labels: Labels.default({}),
  /** The keys of the policy that are different on this host; see planning/overrides.ts. */
  overrides: z.record(z.string(), z.unknown()).default({}),
});
export type HostEntry = z.infer<typeof HostEntry>;

/** An iCalendar file (RFC 5545), looked for from the folder of the file that names it. */
export const CalendarSource = z.strictObject({ file: z.string().min(1).max(4_096) });
export type CalendarSource = z.infer<typeof CalendarSource>;

/** The operator's file: policies and groups by name, and hosts with the policy of each. Unknown keys are errors. */
export const Config = z.strictObject({
  policies: z.record(ShortName, Policy).default({}),
  groups: z.record(ShortName, Group).default({}),
  calendars: z.record(ShortName, CalendarSource).default({}),
  hosts: z.record(HostName, HostEntry).default({}),
  review: FleetReview.prefault({}),
});
export type Config = z.infer<typeof Config>;
