import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { SlotRequest } from '../../src/domain/slot.ts';
import {
  budgetWorkflowId,
  CENTRAL_TASK_QUEUE,
  MESSAGES,
  WORKFLOW_TYPES,
} from '../../src/temporal/names.ts';

/**
 * Asks for a slot of this group. Its book is a workflow that lives while somebody holds or wants a
 * slot, and only a client can begin one and tell it something at once.
 */
export async function askForSlot(
  client: Client,
  { group, request }: { group: string; request: SlotRequest },
): Promise<void> {
  await client.workflow.signalWithStart(WORKFLOW_TYPES.groupBudget, {
    workflowId: budgetWorkflowId(group),
    taskQueue: CENTRAL_TASK_QUEUE,
    args: [],
    signal: MESSAGES.askSlot,
    signalArgs: [request],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `disruption budget of ${group}`,
    staticDetails: `Who holds a slot: \`patchcycle budget show ${group}\``,
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('PatchGroup', 'KEYWORD'), value: group },
    ],
  });
}
