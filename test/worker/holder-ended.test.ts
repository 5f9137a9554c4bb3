import type { Context } from '@temporalio/activity';
import { describe, expect, it } from '@jest/globals';
import { holderEnded } from '../../src/worker/holder-ended.ts';

const HOLDER = {
  cycle: '20261124t184300z-1a2b3c4d',
  namespace: 'default',
  workflowId: 'patch/web-1',
  runId: 'a-run',
  requestedBy: 'alice',
  since: '2026-11-24T18:43:00.000Z',
};

/** A server that knows the holder's run with this status, or knows nothing of it. */
function context(status: number | null): { context: Context; asked: unknown[] } {
  const asked: unknown[] = [];
  const client = {
    connection: { withDeadline: (_: number, ask: () => Promise<unknown>) => ask() },
    workflowService: {
      describeWorkflowExecution: async (request: unknown) => {
        asked.push(request);
        if (status === null) throw new Error('workflow execution not found');
        return { workflowExecutionInfo: { status } };
      },
    },
  };
  return { context: { client } as unknown as Context, asked };
}

describe('holderEnded', () => {
  it('is told by the server, of exactly the run that holds the lock', async () => {
    const server = context(2);
    expect(await holderEnded(server.context, HOLDER)).toBe(true);
    expect(server.asked).toEqual([
      { namespace: 'default', execution: { workflowId: 'patch/web-1', runId: 'a-run' } },
    ]);
  });

  it.each([
    ['running', 1],
    ['failed', 3],
    ['terminated', 5],
    ['unknown to the server', null],
  ])('is not so where the run is %s', async (_, status) => {
    expect(await holderEnded(context(status).context, HOLDER)).toBe(false);
  });

  it('is not so where an older agent kept no run', async () => {
    const { runId: _, ...older } = HOLDER;
    expect(await holderEnded(context(2).context, older)).toBe(false);
  });
});
