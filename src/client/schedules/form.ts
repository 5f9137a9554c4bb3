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
import { REVIEW_SCHEDULE } from '../../domain/schedule.ts';
import type { ScheduleTimes } from '../../planning/schedule-times.ts';
import type { FoundSchedule } from '../../planning/schedule-changes.ts';
import type { PlannedSchedule } from '../../planning/schedules.ts';
import {
  CENTRAL_TASK_QUEUE,
  REVIEW_WORKFLOW_ID,
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
const BEGINNING = [{ key: defineSearchAttributeKey('PatchState', 'KEYWORD'), value: 'starting' }];

/** By this the schedules of patchcycle are told from others in the namespace. Temporal cannot change a memo. */
const Memo = z.object({ patchcycle: z.object({ schedule: ShortName }) });

/** What patchcycle calls this schedule; null when it is somebody else's. */
export function scheduleNameOf(schedule: { scheduleId: string; memo?: unknown }): string | null {
  const memo = Memo.safeParse(schedule.memo);
  if (!memo.success) return null;
  const { schedule: name } = memo.data.patchcycle;
  return schedule.scheduleId === scheduleId(name) ? name : null;
}

/** A schedule in Temporal's form. `note` is shown beside it. */
export function scheduleOptions(planned: PlannedSchedule, note: string): ScheduleOptions {
  const { name, rule, times, timeZone, jitterMs, catchUpMs, input } = planned;
  return {
    scheduleId: scheduleId(name),
    spec: {
      calendars: times.map((one) => ({ ...calendarOf(one), comment: rule })),
      timezone: timeZone,
      jitter: jitterMs,
    },
    action: {
      type: 'startWorkflow',
      ...workflowOf(name),
      taskQueue: CENTRAL_TASK_QUEUE,
      args: [input],
      typedSearchAttributes: BEGINNING,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs },
    memo: { patchcycle: { schedule: name } } satisfies z.infer<typeof Memo>,
    state: { note },
  };
}

/** The workflow that the schedule of this name starts. */
function workflowOf(name: string) {
  return name === REVIEW_SCHEDULE
    ? {
        workflowType: WORKFLOW_TYPES.policyReview,
        workflowId: REVIEW_WORKFLOW_ID,
        staticSummary: 'scheduled review of the fleet',
      }
    : {
        workflowType: WORKFLOW_TYPES.rollout,
        workflowId: rolloutWorkflowId(name),
        staticSummary: `scheduled rollout of policy ${name}`,
      };
}

function calendarOf({
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
export function foundSchedule(name: string, description: ScheduleDescription): FoundSchedule {
  const { spec, action, policies } = description;
  const { workflowType, workflowId } = workflowOf(name);
  return {
    name,
    rule: spec.calendars?.[0]?.comment ?? '',
    times: timesOf(spec),
    timeZone: spec.timezone ?? 'UTC',
    jitterMs: spec.jitter ?? 0,
    catchUpMs: policies.catchupWindow,
    input: action.args?.[0] ?? null,
    startsItsWorkflow:
      action.workflowType === workflowType &&
      action.workflowId === workflowId &&
      action.taskQueue === CENTRAL_TASK_QUEUE &&
      policies.overlap === ScheduleOverlapPolicy.SKIP,
  };
}

/** The hosts of a rollout or a review, by any version's input, and by one that somebody else made. */
const Hosts = z.union([
  z.object({ waves: z.array(z.array(z.unknown())) }).transform(({ waves }) => waves.flat()),
  z.object({ hosts: z.array(z.unknown()) }).transform(({ hosts }) => hosts),
]);

export function countHosts(input: unknown): number {
  return Hosts.safeParse(input).data?.length ?? 0;
}

/** The times, or everything that is said of them when that is more than patchcycle says. */
function timesOf({
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
