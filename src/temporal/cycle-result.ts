import { WorkflowFailedError, type Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { Report } from '../domain/report.ts';

export type CycleResult = { ok: true; report: Report } | { ok: false; why: string };

/** The report with which an ended run of a cycle ended, or why there is none. */
export async function cycleResult(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<CycleResult> {
  try {
    const result: unknown = await client.workflow.getHandle(workflowId, runId).result();
    const report = Report.safeParse(result);
    return report.success
      ? { ok: true, report: report.data }
      : { ok: false, why: 'its result is no report that this version can read' };
  } catch (error) {
    if (error instanceof WorkflowFailedError) {
      return { ok: false, why: error.cause?.message ?? error.message };
    }
    if (error instanceof WorkflowNotFoundError) {
      return { ok: false, why: 'Temporal has forgotten it just now' };
    }
    throw error;
  }
}
