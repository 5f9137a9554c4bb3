import { durationMs } from '../domain/duration.ts';
import type { Policy } from '../domain/policy.ts';
import type { ReviewInput } from '../domain/review.ts';
import type { RolloutInput } from '../domain/rollout.ts';
import { REVIEW_SCHEDULE, type ScheduleRule } from '../domain/schedule.ts';
import type { Inventory } from './inventory.ts';
import { reviewInput } from './review-input.ts';
import { rolloutInput } from './rollout-input.ts';
import { scheduleTimes, type ScheduleTimes } from './schedule-times.ts';
import { selectHosts } from './select-hosts.ts';

/**
 * A Schedule of Temporal as it has to be: one for each policy that has a `schedule` and hosts, and
 * one for the review of the fleet.
 */
export type PlannedSchedule = {
  /** The policy's name, or {@link REVIEW_SCHEDULE}. */
  name: string;
  /** The rule and the start as they are written, for people. */
  rule: string;
  times: ScheduleTimes[];
  timeZone: string;
  jitterMs: number;
  catchUpMs: number;
  /** What it starts a rollout or a review with. */
  input: RolloutInput | ReviewInput;
};

/**
 * The Schedules that the operator's file asks for.
 * Only for a file that was checked; otherwise it throws.
 */
export function plannedSchedules(inventory: Inventory): PlannedSchedule[] {
  const ofPolicies = Object.entries(inventory.policies).flatMap(([name, policy]) => {
    const hosts = selectHosts(inventory, { policies: [name] });
    return policy.schedule === undefined || hosts.length === 0
      ? []
      : [scheduleOfPolicy(inventory, name, policy, policy.schedule, hosts)];
  });
  const { schedule } = inventory.review;
  if (schedule === undefined) return ofPolicies;
  // Not whoever applies it: the same file must give the same schedule.
  const input = reviewInput(inventory, 'schedule');
  return [...ofPolicies, planned(REVIEW_SCHEDULE, schedule, schedule.timeZone, input)];
}

function scheduleOfPolicy(
  inventory: Inventory,
  name: string,
  { window }: Policy,
  schedule: ScheduleRule,
  hosts: string[],
): PlannedSchedule {
  const timeZone = schedule.timeZone ?? window?.timeZone;
  // Not whoever applies it, as above; and its starter approves nothing.
  const rollout = rolloutInput(inventory, {
    hosts,
    rulesOf: name,
    requestedBy: `schedule ${name}`,
  });
  if (timeZone === undefined || !rollout.ok) throw notRefused(name);
  return planned(name, schedule, timeZone, rollout.input);
}

function planned(
  name: string,
  schedule: ScheduleRule,
  timeZone: string,
  input: PlannedSchedule['input'],
): PlannedSchedule {
  const parsed = scheduleTimes(schedule);
  if (!parsed.ok) throw notRefused(name);
  const { rrule, start, jitter, catchUp } = schedule;
  return {
    name,
    rule: `${rrule} ${start}`,
    times: parsed.times,
    timeZone,
    jitterMs: durationMs(jitter),
    catchUpMs: durationMs(catchUp),
    input,
  };
}

function notRefused(name: string): Error {
  return new Error(`The schedule ${name} was not refused`);
}
