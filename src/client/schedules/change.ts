import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import { BadRequest } from '../errors.ts';
import { exchange } from '../exchange.ts';
import type { Session } from '../session.ts';

/**
 * Makes or changes the schedule of this name, which somebody else may have made or removed since it
 * was looked at. Throws BadRequest then, and when Temporal cannot follow the schedule.
 */
export async function changeSchedule(
  session: Session,
  name: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await exchange(session, `applying the schedule ${name}`, work);
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) throw meanwhile('made', name, error);
    if (error instanceof ScheduleNotFoundError) throw meanwhile('removed', name, error);
    // So the library tells that the server refused the times.
    if (!(error instanceof TypeError)) throw error;
    throw new BadRequest(
      `Temporal cannot follow the schedule ${name}: ${error.message}.`,
      'Correct the schedule in the file, and apply it again.',
      { cause: error },
    );
  }
}

/** Deletes it. One that somebody else has deleted meanwhile is as gone as it should be. */
export async function deleteSchedule(
  session: Session,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await exchange(session, `removing the schedule ${name}`, work);
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

function meanwhile(done: string, name: string, cause: Error): BadRequest {
  return new BadRequest(
    `Somebody ${done} the schedule ${name} meanwhile.`,
    'Look again: patchcycle schedule apply',
    { cause },
  );
}
