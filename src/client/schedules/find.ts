import {
  ScheduleNotFoundError,
  type ScheduleDescription,
  type ScheduleHandle,
} from '@temporalio/client';
import { ShortName } from '../../domain/names.ts';
import { scheduleId } from '../../temporal/names.ts';
import { BadRequest, NoSchedule } from '../errors.ts';
import { exchange } from '../exchange.ts';
import type { Session } from '../session.ts';
import { scheduleNameOf } from './form.ts';

/** A namespace with more is none of patchcycle's alone, and has to be looked through all the same. */
const LISTED_MAX = 10_000;

/** The names of patchcycle's schedules, in their order. Temporal's list is up to a second late. */
export function listScheduleNames(session: Session): Promise<string[]> {
  return exchange(session, 'listing the schedules', async () => {
    const names: string[] = [];
    let seen = 0;
    for await (const schedule of session.client.schedule.list()) {
      const name = scheduleNameOf(schedule);
      if (name !== null) names.push(name);
      if (++seen >= LISTED_MAX) break;
    }
    return names.sort();
  });
}

/** What Temporal says of the schedule of this name; null when there is none. Throws BadRequest when it is somebody else's. */
export async function describeSchedule(
  session: Session,
  name: string,
): Promise<ScheduleDescription | null> {
  try {
    const description = await exchange(session, `looking at the schedule ${name}`, () =>
      handleOf(session, name).describe(),
    );
    if (scheduleNameOf(description) === name) return description;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
  throw new BadRequest(
    `The schedule ${scheduleId(name)} in Temporal was not made by patchcycle.`,
    `Delete it (temporal schedule delete --schedule-id ${scheduleId(name)}), or apply to another namespace; a policy can have another name.`,
  );
}

/** The same of one that has to be there. Throws NoSchedule. */
export async function knownSchedule(session: Session, name: string): Promise<ScheduleDescription> {
  const parsed = ShortName.safeParse(name);
  const description = parsed.success ? await describeSchedule(session, parsed.data) : null;
  if (description !== null) return description;
  throw new NoSchedule(
    `There is no schedule ${JSON.stringify(name)} in namespace ${session.namespace}.`,
    'See which there are: patchcycle schedule list; make those of your file: patchcycle schedule apply',
  );
}

export function handleOf(session: Session, name: string): ScheduleHandle {
  return session.client.schedule.getHandle(scheduleId(name));
}
