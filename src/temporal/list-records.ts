import type { Client } from '@temporalio/client';
import { HostRecord } from '../domain/announcement.ts';
import { RECORD_MEMO, recordHostOf, WORKFLOW_TYPES } from './names.ts';

const RECORDS_MAX = 20_000;

/** What is remembered of each host whose agent announced itself. */
export async function listRecords(client: Client): Promise<Map<string, HostRecord>> {
  const records = new Map<string, HostRecord>();
  const query = `WorkflowType = '${WORKFLOW_TYPES.hostRecord}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId, memo } of client.workflow.list({ query })) {
    const host = recordHostOf(workflowId);
    const record = HostRecord.safeParse(memo?.[RECORD_MEMO]);
    // One that began a moment ago, or was started by somebody else, says nothing yet.
    if (host !== null && record.success && record.data.announcement.host === host) {
      records.set(host, record.data);
    }
    if (records.size >= RECORDS_MAX) break;
  }
  return records;
}
