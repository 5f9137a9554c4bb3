import type { StepRecord } from '../domain/report.ts';

/** A month of nights in which a slot is waited for in vain; the report's schema has the same bound. */
const STEP_RECORDS_MAX = 200;

/** Of a longer timeline the beginning is kept, and the end, which tells what was done to the host. */
const FIRST_RECORDS_KEPT = 20;

/** Writes one more step into the timeline of a cycle. */
export function keepStep(steps: StepRecord[], record: StepRecord): void {
  if (steps.length >= STEP_RECORDS_MAX) steps.splice(FIRST_RECORDS_KEPT, 1);
  steps.push(record);
}
