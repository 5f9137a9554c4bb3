import { z } from 'zod';
import { Blackout, BLACKOUT_SPANS_MAX, BlackoutSpan } from './blackout.ts';
import { Duration } from './duration.ts';
import { LocalTime } from './local-time.ts';
import { AbsolutePath, ServiceName, ShortName } from './names.ts';
import { Scope } from './plan.ts';
import { ReviewRules } from './review-rules.ts';
import { RolloutRules } from './rollout-rules.ts';
import { ScheduleRule } from './schedule.ts';

/** When disruption is allowed: an RFC 5545 recurrence of days, a start time, a length and a time zone. */
export const Window = z.strictObject({
  rrule: z.string().min(1).max(500),
  start: LocalTime,
  duration: Duration,
  timeZone: z.string().min(1).max(64),
  /**
   * The first day on which the recurrence may fall, and the day from which INTERVAL and COUNT are
   * counted. Rules that name their days by themselves (BYDAY=SA) need none.
   */
  from: z.iso.date('a first day reads 2026-01-31').optional(),
});
export type Window = z.infer<typeof Window>;

export const HttpProbe = z.strictObject({
  /** It is shown wherever the policy is: in histories, plans and reports. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .refine(hasNoLogin, 'an address has no user and no password: it is shown in plans and reports'),
  status: z.number().int().min(100).max(599).default(200),
  within: Duration.default('2s'),
});
export type HttpProbe = z.infer<typeof HttpProbe>;

function hasNoLogin(text: string): boolean {
  const url = URL.parse(text);
  return url === null || (url.username === '' && url.password === '');
}

export const TcpProbe = z.strictObject({
  port: z.number().int().min(1).max(65_535),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,253}$/)
    .default('127.0.0.1'),
  within: Duration.default('2s'),
});
export type TcpProbe = z.infer<typeof TcpProbe>;

export const Health = z.strictObject({
  /** Services that must run before and after; every other service that ran before is compared as well. */
  services: z.array(ServiceName).max(200).default([]),
  http: z.array(HttpProbe).max(50).default([]),
  tcp: z.array(TcpProbe).max(50).default([]),
  /** How many times slower than the baseline's median a probe may answer before that counts as worse. */
  slowerBy: z.number().min(1).max(100).default(3),
});
export type Health = z.infer<typeof Health>;

function isRegExp(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

export const Logs = z.strictObject({
  soak: Duration.default('2m'),
  ignore: z
    .array(z.string().max(500).refine(isRegExp, 'not a regular expression'))
    .max(100)
    .default([]),
});
export type Logs = z.infer<typeof Logs>;

/** Bounds of one cycle, each with a default that suits an ordinary server. */
export const Limits = z.strictObject({
  /** Longest run of one package job; afterwards the maintainer script that hangs is ended, never dpkg. */
  packageJob: Duration.default('1h'),
  /** Longest time from the order to reboot until the agent is back. */
  reboot: Duration.default('15m'),
  /** Longest run of one hook. */
  hook: Duration.default('5m'),
  /** How long work for a host waits until its agent picks it up. */
  agentAnswers: Duration.default('15m'),
  /** How long an agent may say nothing in mid-step before the step is given to it again. */
  agentSilent: Duration.default('20s'),
  /** How much of the window must be left when disruption begins. */
  wholeCycle: Duration.default('30m'),
});
export type Limits = z.infer<typeof Limits>;

/** What the operator wants for a kind of host. Unknown keys are errors. */
export const Policy = z.strictObject({
  scope: Scope.default('security'),
  approval: z
    .strictObject({ required: z.boolean().default(true), expires: Duration.default('72h') })
    .prefault({}),
  window: Window.optional(),
  /** Disruption is not allowed in any of them, window or not. */
  blackouts: z.array(Blackout).max(50).default([]),
  reboot: z.enum(['if-required', 'always', 'never']).default('if-required'),
  health: Health.prefault({}),
  logs: Logs.prefault({}),
  backup: z
    .strictObject({
      keep: z.number().int().min(1).max(50).default(3),
      /** Paths of the operator's own that a restore puts back too. */
      paths: z.array(AbsolutePath).max(100).default([]),
    })
    .prefault({}),
  hooks: z
    .strictObject({ drain: ShortName.optional(), undrain: ShortName.optional() })
    .prefault({}),
  /** `keep` leaves a changed configuration file as it is and reports the package's version beside it. */
  configFiles: z.enum(['keep', 'replace']).default('keep'),
  /** Whether an interrupted package run found at the start is repaired instead of refused. */
  repairInterrupted: z.boolean().default(false),
  onFailure: z.enum(['restore', 'hold']).default('restore'),
  limits: Limits.prefault({}),
  rollout: RolloutRules.prefault({}),
  review: ReviewRules.prefault({}),
  /** Without it people start the rollouts. */
  schedule: ScheduleRule.optional(),
});
export type Policy = z.infer<typeof Policy>;

/**
 * A policy as a cycle carries it: complete, with its name for people, without what is no cycle's
 * business, and with blackouts that can be told without a file.
 */
export const NamedPolicy = z.strictObject({
  name: ShortName,
  ...Policy.omit({ review: true, rollout: true, schedule: true }).shape,
  // Optional, so that an agent of an earlier version takes a policy that has none.
  blackouts: z.array(BlackoutSpan).max(BLACKOUT_SPANS_MAX).optional(),
});
export type NamedPolicy = z.infer<typeof NamedPolicy>;
