import type { FailureRecord } from '../../src/domain/failure.ts';
import { noteFailure, type Cycle } from './cycle.ts';
import { failureRecord } from './failure-record.ts';

/** Does the work until something fails; answers what, noted for the report, or null when all went well. */
export async function firstFailure(
  cycle: Cycle,
  work: () => Promise<void>,
): Promise<FailureRecord | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return noteFailure(cycle, failureRecord(error, cycle.input.host));
  }
}
