import { ActivityFailure } from '@temporalio/workflow';
import type { NoticeInput } from '../../src/domain/notice.ts';
import type { Cycle } from './cycle.ts';
import { noteFailure } from './cycle.ts';
import { failureRecord } from './failure-record.ts';
import { controlActivities } from './host-steps.ts';

/** Tells people that they are waited for. A notice that cannot be passed on is noted and stops nothing. */
export async function notifyPeople(cycle: Cycle, notice: NoticeInput): Promise<void> {
  try {
    await controlActivities(`tell people: ${notice.subject}`).notify(notice);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    noteFailure(cycle, failureRecord(error, cycle.input.host));
  }
}
