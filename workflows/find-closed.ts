import { ActivityFailure } from '@temporalio/workflow';
import type { ClosedRun, WorkflowRun } from '../src/domain/steps.ts';
import { controlActivities } from './cycle/host-steps.ts';

/**
 * Those of these cycles that are over; null where Temporal could not be asked for minutes. Whoever
 * asks will ask again: a bad hour of Temporal's ends no rollout and loses no slot.
 */
export async function findClosed(runs: WorkflowRun[]): Promise<ClosedRun[] | null> {
  try {
    return await controlActivities('which cycles are over?').closedRuns(runs);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return null;
  }
}
