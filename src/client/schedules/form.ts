import {
  ScheduleOverlapPolicy,
  type CalendarSpec,
  type CalendarSpecDescription,
  type ScheduleDescription,
  type ScheduleOptions,
} from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { z } from 'zod';
import { ShortName } from '../../domain/names.ts';
import type { ScheduleTimes } from '../../planning/schedule-times.ts';
import type { FoundSchedule, PlannedSchedule } from '../../planning/schedules.ts';
import {
  CENTRAL_TASK_QUEUE,
  rolloutWorkflowId,
  scheduleId,
  WORKFLOW_TYPES,
} from '../../temporal/names.ts';

const DAYS = [
  ...['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'],
] as const;
const MONTHS = [
  ...['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE', 'JULY', 'AUGUST', 'SEPTEMBER'],
  ...['OCTOBER', 'NOVEMBER', 'DECEMBER'],
] as const;

/**
 * With these a namespace that does not know the search attributes refuses the schedule, instead of
 * starting what then never begins.
 */
export const BEGINNING = [
  { key: defineSearchAttributeKey('PatchState', 'KEYWORD'), value: 'starting' },
];

/** By this the schedules of patchcycle are told from others in the namespace. Temporal cannot change a memo. */
const Memo = z.object({ patchcycle: z.object({ policy: ShortName }) });

/** The policy whose schedule this is; null when it is somebody else's. */
export function policyOf(schedule: { scheduleId: string; memo?: unknown }): string | null {
  const memo = Memo.safeParse(schedule.memo);
  if (!memo.success) return null;
  const { policy } = memo.data.patchcycle;
  return schedule.scheduleId === scheduleId(policy) ? policy : null;
}

/** A schedule in Temporal's form. `note` is shown beside it. */
export function scheduleOptions(planned: PlannedSchedule, note: string): ScheduleOptions {
  const { policy, rule, times, timeZone, jitterMs, catchUpMs, input } = planned;
  return {
    scheduleId: scheduleId(policy),
    spec: {
      calendars: times.map((one) => ({ ...calendarOf(one), comment: rule })),
      timezone: timeZone,
      jitter: jitterMs,
    },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPES.rollout,
      workflowId: rolloutWorkflowId(policy),
      taskQueue: CENTRAL_TASK_QUEUE,
      args: [input],
      staticSummary: `scheduled rollout of policy ${policy}`,
      typedSearchAttributes: BEGINNING,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs },
    memo: { patchcycle: { policy } } satisfies z.infer<typeof Memo>,
    state: { note },
  };
}

export function calendarOf({
  hour,
  minute,
  daysOfWeek,
  daysOfMonth,
  months,
}: ScheduleTimes): CalendarSpec {
  return {
    hour,
    minute,
    ...(daysOfWeek === undefined
      ? {}
      : { dayOfWeek: daysOfWeek.flatMap((day) => DAYS[day] ?? []) }),
    ...(daysOfMonth === undefined ? {} : { dayOfMonth: daysOfMonth }),
    ...(months === undefined ? {} : { month: months.flatMap((month) => MONTHS[month - 1] ?? []) }),
  };
}

/** What Temporal says of a schedule, in the form in which it is compared. */
export function foundSchedule(policy: string, description: ScheduleDescription): FoundSchedule {
  const { spec, action, policies } = description;
  return {
    policy,
    rule: spec.calendars?.[0]?.comment ?? '',
    times: timesOf(spec),
    timeZone: spec.timezone ?? 'UTC',
    jitterMs: spec.jitter ?? 0,
    catchUpMs: policies.catchupWindow,
    input: action.args?.[0] ?? null,
    startsRollout:
      action.workflowType === WORKFLOW_TYPES.rollout &&
      action.workflowId === rolloutWorkflowId(policy) &&
      action.taskQueue === CENTRAL_TASK_QUEUE &&
      policies.overlap === ScheduleOverlapPolicy.SKIP,
  };
}

/** The times, or everything that is said of them when that is more than patchcycle says. */
export function timesOf({
  calendars,
  intervals,
  skip,
  startAt,
  endAt,
}: ScheduleDescription['spec']): unknown {
  const more = [...(intervals ?? []), ...(skip ?? []), startAt, endAt].filter(Boolean);
  return more.length > 0 ? String(more.length) : (calendars ?? []).map(timesOfCalendar);
}

function timesOfCalendar(calendar: CalendarSpecDescription): object {
  const { second, minute, hour, dayOfMonth, month, year, dayOfWeek } = calendar;
  const days = numbers(dayOfMonth);
  const weekdays = numbers(dayOfWeek, (day) => DAYS.indexOf(day));
  const months = numbers(month, (name) => MONTHS.indexOf(name) + 1);
  const foreign = [...numbers(second).filter((value) => value !== 0), ...numbers(year)];
  return {
    hour: one(numbers(hour)),
    minute: one(numbers(minute)),
    ...(weekdays.length === DAYS.length ? {} : { daysOfWeek: weekdays }),
    ...(days.length === 31 ? {} : { daysOfMonth: days }),
    ...(months.length === MONTHS.length ? {} : { months }),
    ...(foreign.length === 0 ? {} : { foreign }),
  };
}

type Range<T> = { start: T; end: T; step: number };

/** Every number of the ranges, in order. */
function numbers<T>(
  ranges: readonly Range<T>[],
  numberOf: (value: T) => number = Number,
): number[] {
  const all = ranges.flatMap(({ start, end, step }) => {
    const found: number[] = [];
    for (let value = numberOf(start); value <= numberOf(end); value += Math.max(1, step)) {
      found.push(value);
    }
    return found;
  });
  return [...new Set(all)].sort((a, b) => a - b);
}

function one(list: number[]): number | number[] {
  return list.length === 1 ? (list[0] ?? list) : list;
}
