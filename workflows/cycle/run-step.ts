import { isCancellation } from '@temporalio/workflow';
import type { StepName } from '../../src/domain/steps.ts';
import type { StepRecord } from '../../src/domain/report.ts';
import { keepStep } from '../../src/planning/timeline.ts';
import { briefFailure } from '../../src/planning/bound-failure.ts';
import { now, type Cycle } from './cycle.ts';
import { showDetails } from './details.ts';
import { failureRecord } from './failure-record.ts';

/**
 * Runs one step and writes it into the timeline: when it began and ended and what came of it.
 * Whatever the work throws is thrown on.
 */
export async function runStep<T>(
  cycle: Cycle,
  step: StepName,
  work: () => Promise<T>,
  say: (result: T) => string,
): Promise<T> {
  const record: StepRecord = {
    step,
    startedAt: now(),
    endedAt: null,
    status: 'running',
    summary: '',
  };
  keepStep(cycle.steps, record);
  showDetails(cycle);
  try {
    const result = await work();
    record.status = 'done';
    record.summary = say(result).slice(0, 500);
    return result;
  } catch (error) {
    record.status = 'failed';
    if (isCancellation(error)) {
      record.summary = 'stopped';
    } else {
      const failure = failureRecord(error, cycle.input.host);
      record.failure = briefFailure(failure);
      record.summary = failure.message.slice(0, 500);
    }
    throw error;
  } finally {
    record.endedAt = now();
    showDetails(cycle);
  }
}

export function skipStep(cycle: Cycle, step: StepName, why: string): void {
  const at = now();
  keepStep(cycle.steps, {
    step,
    startedAt: at,
    endedAt: at,
    status: 'skipped',
    summary: why.slice(0, 500),
  });
}
