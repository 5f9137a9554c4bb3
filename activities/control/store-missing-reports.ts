import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { ReportStore } from '../../src/store/port.ts';
import { runKey, runKeyOf, type ReportOf } from '../../src/store/report-name.ts';
import { cycleResult } from '../../src/temporal/cycle-result.ts';
import { WORKFLOW_TYPES } from '../../src/temporal/names.ts';
import { storeReport } from './store-report.ts';

const HOST = defineSearchAttributeKey('PatchHost', 'KEYWORD');

/** One report that cannot be stored keeps no other from being; with more of them it is the store that fails. */
const UNSTORABLE_MAX = 10;

/** More are stored by the next review. */
const STORED_MAX = 5_000;

export type MissingStored = { stored: ReportOf[]; lost: { host: string; text: string }[] };

/**
 * Stores the reports of ended cycles that Temporal still has and the store has not, because it was
 * away when they ended. `lost`: cycles that left no report, because they were ended from outside,
 * or one that cannot be stored.
 */
export async function storeMissingReports(
  client: Client,
  store: ReportStore,
  known: readonly ReportOf[],
  alive: () => void,
): Promise<MissingStored> {
  const keys = new Set(known.map(runKey));
  const query = `WorkflowType = '${WORKFLOW_TYPES.patchHost}' AND ExecutionStatus != 'Running'`;
  const missing: MissingStored = { stored: [], lost: [] };
  let unstorable = 0;
  for await (const run of client.workflow.list({ query })) {
    alive();
    const host = run.typedSearchAttributes.get(HOST);
    if (host === undefined || keys.has(runKeyOf(host, run.runId))) continue;
    const result = await cycleResult(client, run.workflowId, run.runId);
    if (result.ok && runKey(result.report) !== runKeyOf(host, run.runId)) {
      // Stored, it would take the place of the other one's.
      missing.lost.push({ host, text: lostText(run, 'its result is the report of another cycle') });
    } else if (result.ok) {
      const { report } = result;
      try {
        await storeReport(report, store);
        missing.stored.push({ host, cycle: report.cycle });
      } catch (error) {
        if ((unstorable += 1) > UNSTORABLE_MAX) throw error;
        const why = error instanceof Error ? error.message : String(error);
        missing.lost.push({ host, text: lostText(run, `it cannot be stored: ${why}`) });
      }
    } else {
      missing.lost.push({ host, text: lostText(run, result.why) });
    }
    if (missing.stored.length + missing.lost.length >= STORED_MAX) break;
  }
  return missing;
}

function lostText({ startTime, status }: WorkflowExecutionInfo, why: string): string {
  const began = startTime.toISOString().slice(0, 16).replace('T', ' ');
  return `its cycle of ${began} UTC ended without a report (${status.name.toLowerCase()}): ${why}`;
}
