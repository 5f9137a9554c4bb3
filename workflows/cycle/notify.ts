import { ActivityFailure } from '@temporalio/workflow';
import type { Cycle } from './cycle.ts';
import { noteFailure } from './cycle.ts';
import { failureRecord } from './failure-record.ts';
import { controlActivities } from './host-steps.ts';

/** Tells people that they are waited for. A notice that cannot be sent is noted and stops nothing. */
export async function notifyPeople(cycle: Cycle, subject: string, text: string): Promise<void> {
  const { host } = cycle.input;
  try {
    await controlActivities(`tell people: ${subject}`).notify({ host, subject, text });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    noteFailure(cycle, failureRecord(error, host));
  }
}
