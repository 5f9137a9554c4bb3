import type { Inventory } from '../../planning/inventory.ts';
import {
  plannedSchedules,
  scheduleChanges,
  type FoundSchedule,
  type PlannedSchedule,
  type ScheduleChange,
} from '../../planning/schedules.ts';
import { sizeObjection, TOO_LARGE_REMEDY } from '../../planning/rollout-size.ts';
import { BadRequest } from '../errors.ts';
import type { Session } from '../session.ts';
import { changeSchedule, deleteSchedule } from './change.ts';
import { describeSchedule, handleOf, listPolicies } from './find.ts';
import { foundSchedule, scheduleOptions } from './form.ts';

/**
 * What has to be done so that Temporal's Schedules are those of the file; nothing is done.
 * Schedules of policies that the file does not have (or that have no `schedule` or no host there)
 * are to be removed. Throws BadRequest, TemporalUnreachable, TemporalRefused.
 */
export async function planSchedules(
  session: Session,
  inventory: Inventory,
): Promise<ScheduleChange[]> {
  const planned = plannedSchedules(inventory);
  for (const { policy, input } of planned) {
    const objection = sizeObjection(input);
    if (objection === null) continue;
    throw new BadRequest(
      `Policy ${policy} cannot have a schedule: ${objection}.`,
      TOO_LARGE_REMEDY,
    );
  }
  const names = new Set([...planned.map(({ policy }) => policy), ...(await listPolicies(session))]);
  const found: FoundSchedule[] = [];
  for (const policy of names) {
    const description = await describeSchedule(session, policy);
    if (description !== null) found.push(foundSchedule(policy, description));
  }
  return scheduleChanges(planned, found);
}

/**
 * Does what {@link planSchedules} answered. A schedule that is paused stays so. When it breaks off
 * in the middle, planning and applying again does the rest. Throws BadRequest,
 * TemporalUnreachable, TemporalRefused.
 */
export async function applySchedules(
  session: Session,
  changes: readonly ScheduleChange[],
  by: string,
): Promise<void> {
  const at = new Date().toISOString().slice(0, 10);
  for (const { policy, kind, planned } of changes) {
    if (kind === 'keep') continue;
    if (planned === null) {
      await deleteSchedule(session, policy, () => handleOf(session, policy).delete());
      continue;
    }
    const note = noteOf(planned, by, at);
    await changeSchedule(session, policy, () =>
      kind === 'create'
        ? session.client.schedule.create(scheduleOptions(planned, note))
        : change(session, planned, note),
    );
  }
}

function noteOf({ input }: PlannedSchedule, by: string, at: string): string {
  return `applied by ${by} on ${at}, hosts: ${input.waves.flat().length}`;
}

function change(session: Session, planned: PlannedSchedule, note: string): Promise<void> {
  const { spec, action, policies } = scheduleOptions(planned, note);
  return handleOf(session, planned.policy).update(({ state }) => ({
    spec,
    action,
    policies: policies ?? {},
    // Why it is paused says more than who applied it.
    state: { ...state, note: state.paused ? state.note : note },
  }));
}
