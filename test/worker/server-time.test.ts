import type { Context } from '@temporalio/activity';
import { describe, expect, it } from '@jest/globals';
import { serverTime } from '../../src/worker/server-time.ts';

const NOW = new Date('2026-11-24T18:43:00.000Z');

/** The little of an activity's context that tells the time; the server answers `pending`, or nothing. */
function context(pending: object[] | null, scheduled: string): Context {
  return {
    info: {
      activityId: 'a1',
      namespace: 'default',
      workflowExecution: { workflowId: 'patch/web-1', runId: 'r' },
      currentAttemptScheduledTimestampMs: Date.parse(scheduled),
    },
    client: {
      connection: { withDeadline: (_: number, ask: () => Promise<unknown>) => ask() },
      workflowService: {
        describeWorkflowExecution: async () => {
          if (pending === null) throw new Error('permission denied');
          return { pendingActivities: pending };
        },
      },
    },
  } as unknown as Context;
}

const STARTED = { seconds: Date.parse('2026-11-24T18:42:30.000Z') / 1_000, nanos: 250_000_000 };

describe('serverTime', () => {
  it('is when the server handed this attempt out, however long it had waited', async () => {
    const pending = [
      { activityId: 'other', lastStartedTime: { seconds: 1, nanos: 0 } },
      { activityId: 'a1', lastStartedTime: STARTED },
    ];
    expect(await serverTime(context(pending, '2026-11-24T18:00:00.000Z'), NOW)).toBe(
      '2026-11-24T18:42:30.250Z',
    );
  });

  it('accuses no clock when the server does not tell: the attempt may have waited', async () => {
    expect(await serverTime(context(null, '2026-11-24T18:00:00.000Z'), NOW)).toBe(
      NOW.toISOString(),
    );
    expect(await serverTime(context([], '2026-11-24T18:00:00.000Z'), NOW)).toBe(NOW.toISOString());
  });

  it('still shows a clock that is behind the time of scheduling', async () => {
    const scheduled = '2026-11-24T19:43:00.000Z';
    expect(await serverTime(context(null, scheduled), NOW)).toBe(scheduled);
  });
});
