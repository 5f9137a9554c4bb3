import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleOptions,
} from '@temporalio/client';
import { z } from 'zod';
import type { Inventory } from '../../planning/inventory.ts';
import {
  plannedReview,
  reviewChange,
  type FoundReview,
  type PlannedReview,
  type ReviewChange,
} from '../../planning/review-schedule.ts';
import { CENTRAL_TASK_QUEUE, REVIEW_WORKFLOW_ID, WORKFLOW_TYPES } from '../../temporal/names.ts';
import { BadRequest } from '../errors.ts';
import { exchange } from '../exchange.ts';
import type { Session } from '../session.ts';
import { changeSchedule, deleteSchedule } from './change.ts';
import { BEGINNING, calendarOf, timesOf } from './form.ts';

/** There is one fleet, so there is one. */
const SCHEDULE_ID = 'policy-review';
const WHAT = 'the review';

/** By this it is told from a Schedule of that name which somebody else made. */
const Memo = z.object({ patchcycle: z.object({ review: z.literal('fleet') }) });

/**
 * What has to be done so that the fleet is reviewed when the file says; nothing is done. Null where
 * there is no such Schedule and shall be none. Throws BadRequest when it is somebody else's,
 * TemporalUnreachable, TemporalRefused.
 */
export async function planReviewSchedule(
  session: Session,
  inventory: Inventory,
): Promise<ReviewChange | null> {
  return reviewChange(plannedReview(inventory), await find(session));
}

/** Does what {@link planReviewSchedule} answered. A schedule that is paused stays so. */
export async function applyReviewSchedule(
  session: Session,
  { kind, planned }: ReviewChange,
  by: string,
): Promise<void> {
  if (kind === 'keep') return;
  const note = `applied by ${by} on ${new Date().toISOString().slice(0, 10)}`;
  if (planned === null) {
    await deleteSchedule(session, WHAT, () => handleOf(session).delete());
    return;
  }
  const options = optionsOf(planned, note);
  const { spec, action, policies = {} } = options;
  await changeSchedule(session, WHAT, () =>
    kind === 'create'
      ? session.client.schedule.create(options)
      : handleOf(session).update(({ state }) => ({
          spec,
          action,
          policies,
          // Why it is paused says more than who applied it.
          state: { ...state, note: state.paused ? state.note : note },
        })),
  );
}

function optionsOf(planned: PlannedReview, note: string): ScheduleOptions {
  const { rule, times, timeZone, jitterMs, catchUpMs, input } = planned;
  return {
    scheduleId: SCHEDULE_ID,
    spec: {
      calendars: times.map((one) => ({ ...calendarOf(one), comment: rule })),
      timezone: timeZone,
      jitter: jitterMs,
    },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW_TYPES.policyReview,
      workflowId: REVIEW_WORKFLOW_ID,
      taskQueue: CENTRAL_TASK_QUEUE,
      args: [input],
      staticSummary: 'scheduled review of the fleet',
      typedSearchAttributes: BEGINNING,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs },
    memo: { patchcycle: { review: 'fleet' } } satisfies z.infer<typeof Memo>,
    state: { note },
  };
}

async function find(session: Session): Promise<FoundReview | null> {
  try {
    const looking = 'looking at the schedule of the review';
    return found(await exchange(session, looking, () => handleOf(session).describe()));
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

function found({ spec, action, policies, memo }: ScheduleDescription): FoundReview {
  if (!Memo.safeParse(memo).success) {
    throw new BadRequest(
      `The schedule ${SCHEDULE_ID} in Temporal was not made by patchcycle.`,
      `Give it another name there, or delete it: temporal schedule delete --schedule-id ${SCHEDULE_ID}`,
    );
  }
  return {
    rule: spec.calendars?.[0]?.comment ?? '',
    times: timesOf(spec),
    timeZone: spec.timezone ?? 'UTC',
    jitterMs: spec.jitter ?? 0,
    catchUpMs: policies.catchupWindow,
    input: action.workflowType === WORKFLOW_TYPES.policyReview ? (action.args?.[0] ?? null) : null,
  };
}

function handleOf(session: Session): ScheduleHandle {
  return session.client.schedule.getHandle(SCHEDULE_ID);
}
