import type { ScheduleDescription } from '@temporalio/client';
import { linkTo } from '../links.ts';
import type { StartedReview } from '../review.ts';
import type { StartedRollout } from '../rollouts/start.ts';
import type { Session } from '../session.ts';
import { describeSchedule, listScheduleNames } from './find.ts';
import { countHosts, foundSchedule } from './form.ts';

export type StartedBySchedule = StartedRollout | StartedReview;

/** One schedule as Temporal shows it. Times are ISO 8601, UTC. */
export type ScheduleStatus = {
  /** The policy's name, or `policy-review`. */
  name: string;
  /** The days and the start as the file says them. */
  rule: string;
  timeZone: string;
  /** Hosts of the rollout or the review that it starts. */
  hosts: number;
  paused: boolean;
  /** Who applied it, or why it is paused. */
  note: string;
  /** The next starts, jitter included; the first ones. */
  next: string[];
  last: StartedBySchedule | null;
  running: StartedBySchedule | null;
  /** Starts that were left out because what was started before still ran. */
  skipped: number;
  /** Starts that were missed for longer than the catch-up. */
  missed: number;
};

/** The schedules of patchcycle in this namespace, by name. Throws TemporalUnreachable, TemporalRefused. */
export async function listSchedules(session: Session): Promise<ScheduleStatus[]> {
  const schedules: ScheduleStatus[] = [];
  for (const name of await listScheduleNames(session)) {
    const description = await describeSchedule(session, name);
    // One that was removed a moment ago is listed still.
    if (description !== null) schedules.push(statusOf(session, name, description));
  }
  return schedules;
}

const NEXT_SHOWN = 5;

function statusOf(
  session: Session,
  name: string,
  description: ScheduleDescription,
): ScheduleStatus {
  const { state, info } = description;
  const { rule, timeZone, input } = foundSchedule(name, description);
  return {
    name,
    rule,
    timeZone,
    hosts: countHosts(input),
    paused: state.paused,
    note: state.note ?? '',
    next: info.nextActionTimes.slice(0, NEXT_SHOWN).map((time) => time.toISOString()),
    last: started(session, info.recentActions.at(-1)?.action.workflow),
    running: started(session, info.runningActions[0]?.workflow),
    skipped: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
  };
}

export function started(
  session: Session,
  workflow: { workflowId: string; firstExecutionRunId: string } | undefined,
): StartedBySchedule | null {
  if (workflow === undefined) return null;
  const { workflowId, firstExecutionRunId: runId } = workflow;
  return { workflowId, runId, link: linkTo(session, workflowId, runId) };
}
