import { z } from 'zod';
import { Group } from './group.ts';
import { Labels } from './labels.ts';
import { HostName, ShortName } from './names.ts';
import { Policy } from './policy.ts';

/** What a host file says about one host. */
export const HostEntry = z.strictObject({
  policy: ShortName,
  groups: z.array(ShortName).max(20).default([]),
  labels: Labels.default({}),
});
export type HostEntry = z.infer<typeof HostEntry>;

/** The operator's file: policies and groups by name, and hosts with the policy of each. Unknown keys are errors. */
export const Config = z.strictObject({
  policies: z.record(ShortName, Policy).default({}),
  groups: z.record(ShortName, Group).default({}),
  hosts: z.record(HostName, HostEntry).default({}),
});
export type Config = z.infer<typeof Config>;
