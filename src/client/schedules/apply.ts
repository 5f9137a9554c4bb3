import { REVIEW_SCHEDULE } from '../../domain/schedule.ts';
import type { Inventory } from '../../planning/inventory.ts';
import {
  scheduleChanges,
  type FoundSchedule,
  type ScheduleChange,
} from '../../planning/schedule-changes.ts';
import { sizeObjection, TOO_LARGE_REMEDY } from '../../planning/rollout-size.ts';
import { plannedSchedules, type PlannedSchedule } from '../../planning/schedules.ts';
import { BadRequest } from '../errors.ts';
import type { Session } from '../session.ts';
import { changeSchedule, deleteSchedule } from './change.ts';
import { describeSchedule, handleOf, listScheduleNames } from './find.ts';
import { countHosts, foundSchedule, scheduleOptions } from './form.ts';

/**
 * What has to be done so that Temporal's Schedules are those of the file; nothing is done.
 * Schedules of policies that the file does not have (or that have no `schedule` or no host there),
 * and of a review that it does not ask for, are to be removed. Throws BadRequest, TemporalUnreachable, TemporalRefused.
 */
export async function planSchedules(
  session: Session,
  inventory: Inventory,
): Promise<ScheduleChange[]> {
  const planned = plannedSchedules(inventory);
  for (const { name, input } of planned) {
    const objection = 'waves' in input ? sizeObjection(input) : null;
    if (objection === null) continue;
    throw new BadRequest(`Policy ${name} cannot have a schedule: ${objection}.`, TOO_LARGE_REMEDY);
  }
  const names = new Set([
    ...planned.map(({ name }) => name),
    ...(await listScheduleNames(session)),
    REVIEW_SCHEDULE,
  ]);
  const found: FoundSchedule[] = [];
  for (const name of names) {
    const description = await describeSchedule(session, name);
    if (description !== null) found.push(foundSchedule(name, description));
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
  for (const { name, kind, planned } of changes) {
    if (kind === 'keep') continue;
    if (planned === null) {
      await deleteSchedule(session, name, () => handleOf(session, name).delete());
      continue;
    }
    const note = noteOf(planned, by, at);
    await changeSchedule(session, name, () =>
      kind === 'create'
        ? session.client.schedule.create(scheduleOptions(planned, note))
        : change(session, planned, note),
    );
  }
}

function noteOf({ input }: PlannedSchedule, by: string, at: string): string {
  return `applied by ${by} on ${at}, hosts: ${countHosts(input)}`;
}

function change(session: Session, planned: PlannedSchedule, note: string): Promise<void> {
  const { spec, action, policies } = scheduleOptions(planned, note);
  return handleOf(session, planned.name).update(({ state }) => ({
    spec,
    action,
    policies: policies ?? {},
    // Why it is paused says more than who applied it.
    state: { ...state, note: state.paused ? state.note : note },
  }));
}
