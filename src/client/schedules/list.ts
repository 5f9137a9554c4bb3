import type { ScheduleDescription } from '@temporalio/client';
import { z } from 'zod';
import { linkTo } from '../links.ts';
import type { StartedRollout } from '../rollouts/start.ts';
import type { Session } from '../session.ts';
import { describeSchedule, listPolicies } from './find.ts';
import { foundSchedule } from './form.ts';

/** One schedule as Temporal shows it. Times are ISO 8601, UTC. */
export type ScheduleStatus = {
  policy: string;
  /** The days and the start as the file says them. */
  rule: string;
  timeZone: string;
  /** Hosts of the rollout that it starts. */
  hosts: number;
  paused: boolean;
  /** Who applied it, or why it is paused. */
  note: string;
  /** The next starts, jitter included; the first ones. */
  next: string[];
  last: StartedRollout | null;
  running: StartedRollout | null;
  /** Starts that were left out because the rollout before still ran. */
  skipped: number;
  /** Starts that were missed for longer than the catch-up. */
  missed: number;
};

/** The schedules of patchcycle in this namespace, by policy. Throws TemporalUnreachable, TemporalRefused. */
export async function listSchedules(session: Session): Promise<ScheduleStatus[]> {
  const schedules: ScheduleStatus[] = [];
  for (const policy of await listPolicies(session)) {
    const description = await describeSchedule(session, policy);
    // One that was removed a moment ago is listed still.
    if (description !== null) schedules.push(statusOf(session, policy, description));
  }
  return schedules;
}

const NEXT_SHOWN = 5;

function statusOf(
  session: Session,
  policy: string,
  description: ScheduleDescription,
): ScheduleStatus {
  const { state, info } = description;
  const { rule, timeZone, input } = foundSchedule(policy, description);
  return {
    policy,
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
): StartedRollout | null {
  if (workflow === undefined) return null;
  const { workflowId, firstExecutionRunId: runId } = workflow;
  return { workflowId, runId, link: linkTo(session, workflowId, runId) };
}

/** Of any version's input, and of one that somebody else made. */
function countHosts(input: unknown): number {
  const parsed = z.object({ waves: z.array(z.array(z.unknown())) }).safeParse(input);
  return parsed.success ? parsed.data.waves.flat().length : 0;
}
