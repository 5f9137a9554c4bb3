import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { closedRuns } from '../../activities/control/closed-runs.ts';

/** A Temporal that knows these runs by their status, and notes how many it is asked about at once. */
function temporalWith(statuses: Record<string, string>) {
  const asked = { now: 0, most: 0 };
  const describeRun = async (runId: string) => {
    asked.most = Math.max(asked.most, ++asked.now);
    await new Promise((resolve) => setImmediate(resolve));
    asked.now -= 1;
    const name = statuses[runId];
    if (name === undefined) throw new WorkflowNotFoundError('no such run', 'patch/a', runId);
    return { status: { name }, typedSearchAttributes: { get: () => 'patched' } };
  };
  const workflow = {
    getHandle: (_: string, runId: string) => ({ describe: () => describeRun(runId) }),
  };
  return { client: { workflow } as unknown as Client, asked };
}

const runOf = (runId: string) => ({ workflowId: 'patch/a', runId });

describe('the question which cycles are over', () => {
  it('is answered with those that are, in their order, and how they ended', async () => {
    const { client } = temporalWith({ a: 'COMPLETED', b: 'RUNNING' });
    expect(await closedRuns(client, ['a', 'b', 'c'].map(runOf))).toEqual([
      { ...runOf('a'), status: 'completed', outcome: 'patched' },
      { ...runOf('c'), status: 'unknown' },
    ]);
  });

  it('is put about many at once, and not about all: a group may have thousands', async () => {
    const { client, asked } = temporalWith({});
    const runs = Array.from({ length: 2_000 }, (_, index) => runOf(`run-${index}`));
    expect(await closedRuns(client, runs)).toHaveLength(2_000);
    expect(asked.most).toBe(25);
  });
});
