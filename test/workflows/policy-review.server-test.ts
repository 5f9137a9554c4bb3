import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CENTRAL_TASK_QUEUE, WORKFLOW_TYPES } from '../../src/temporal/names.ts';
import { openCycleBench, type CycleBench } from './support/cycle-bench.ts';
import { timeSkippingEnvironment } from './support/environments.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await timeSkippingEnvironment());
});
afterAll(() => bench.stop());

describe('a review of the fleet that cannot be made', () => {
  it('is told to people, because nobody waits for one that a Schedule began', async () => {
    const review = await bench.env.client.workflow.start(WORKFLOW_TYPES.policyReview, {
      workflowId: 'policy-review-2026-11-30T06:00:00Z',
      taskQueue: CENTRAL_TASK_QUEUE,
      args: [{ requestedBy: 'schedule', policies: [], hosts: [] }],
    });
    await expect(review.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
    expect(bench.notices).toEqual([
      {
        kind: 'review-findings',
        about: 'fleet',
        subject: 'the review of the fleet failed',
        lines: ['This bench has no store of reports'],
        command: 'patchcycle policy review',
      },
    ]);
  });
});
