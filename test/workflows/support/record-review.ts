import {
  ACKNOWLEDGED_WORKFLOW_ID,
  CENTRAL_TASK_QUEUE,
  REVIEW_WORKFLOW_ID,
  WORKFLOW_TYPES,
} from '../../../src/temporal/names.ts';
import { connect } from '../../../src/client/index.ts';
import { ReviewInput } from '../../../src/domain/review.ts';
import type { CycleBench } from './cycle-bench.ts';

export const REVIEW_HISTORIES = ['policy-review', 'acknowledged-policies'];

/** A review that finds something, after one policy was acknowledged twice. Answers the workflows by name. */
export async function recordReview({ env }: CycleBench): Promise<Record<string, string>> {
  const client = await connect({ address: env.address });
  for (const why of ['looked at', 'looked at again']) {
    await client.acknowledgePolicy({ policy: 'ordinary', by: 'ada', why });
  }
  await client.close();
  const input = ReviewInput.parse({
    requestedBy: 'ada',
    policies: [{ name: 'ordinary', rules: {}, ignores: [] }],
    hosts: [{ host: 'web-1', policy: 0, critical: true, unattended: true, keep: 3 }],
  });
  await env.client.workflow.execute(WORKFLOW_TYPES.policyReview, {
    taskQueue: CENTRAL_TASK_QUEUE,
    workflowId: REVIEW_WORKFLOW_ID,
    args: [input],
  });
  return {
    'policy-review': REVIEW_WORKFLOW_ID,
    'acknowledged-policies': ACKNOWLEDGED_WORKFLOW_ID,
  };
}
