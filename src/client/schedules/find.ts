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
import { policyOf } from './form.ts';

/** A namespace with more is none of patchcycle's alone, and has to be looked through all the same. */
const LISTED_MAX = 10_000;

/** The policies that have a schedule, by name. Temporal's list is up to a second late. */
export function listPolicies(session: Session): Promise<string[]> {
  return exchange(session, 'listing the schedules', async () => {
    const policies: string[] = [];
    let seen = 0;
    for await (const schedule of session.client.schedule.list()) {
      const policy = policyOf(schedule);
      if (policy !== null) policies.push(policy);
      if (++seen >= LISTED_MAX) break;
    }
    return policies.sort();
  });
}

/** What Temporal says of a policy's schedule; null when there is none. Throws BadRequest when it is somebody else's. */
export async function describeSchedule(
  session: Session,
  policy: string,
): Promise<ScheduleDescription | null> {
  try {
    const description = await exchange(session, `looking at the schedule of ${policy}`, () =>
      handleOf(session, policy).describe(),
    );
    if (policyOf(description) === policy) return description;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
  throw new BadRequest(
    `The schedule ${scheduleId(policy)} in Temporal was not made by patchcycle.`,
    `Delete it (temporal schedule delete --schedule-id ${scheduleId(policy)}), or give the policy another name.`,
  );
}

/** The same of one that has to be there. Throws NoSchedule. */
export async function knownSchedule(
  session: Session,
  policy: string,
): Promise<ScheduleDescription> {
  const name = ShortName.safeParse(policy);
  const description = name.success ? await describeSchedule(session, name.data) : null;
  if (description !== null) return description;
  throw new NoSchedule(
    `The policy ${JSON.stringify(policy)} has no schedule in namespace ${session.namespace}.`,
    'See which there are: patchcycle schedule list; make those of your file: patchcycle schedule apply',
  );
}

export function handleOf(session: Session, policy: string): ScheduleHandle {
  return session.client.schedule.getHandle(scheduleId(policy));
}
