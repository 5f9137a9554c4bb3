import { describe, expect, it } from '@jest/globals';
import {
  ActivityFailure,
  ApplicationFailure,
  ServerFailure,
  TerminatedFailure,
  type TemporalFailure,
} from '@temporalio/common';
import { failureRecord } from '../../workflows/cycle/failure-record.ts';

function ofActivity(cause?: Error): ActivityFailure {
  return new ActivityFailure(
    'Activity task failed',
    'upgrade',
    '1',
    'MAXIMUM_ATTEMPTS_REACHED',
    'agent',
    cause,
  );
}

describe('what a cycle takes down of a failed step', () => {
  it('is what the host said', () => {
    const failure = ApplicationFailure.nonRetryable('nginx is down', 'HealthWorse', {
      remedy: 'Look at it.',
    });
    expect(failureRecord(ofActivity(failure), 'web-1')).toEqual({
      type: 'HealthWorse',
      message: 'nginx is down',
      details: { remedy: 'Look at it.' },
    });
  });

  const others: [string, TemporalFailure][] = [
    [
      'the server itself',
      ofActivity(new ServerFailure('Complete result exceeds size limit.', true)),
    ],
    ['a termination', ofActivity(new TerminatedFailure('terminated'))],
    ['nobody knows what', ofActivity()],
    ['no activity', new ServerFailure('no activity', false)],
  ];
  it.each(others)(
    'is a failure like others, so that the host is restored, when it comes of %s',
    (_, error) => {
      expect(failureRecord(error, 'web-1')).toMatchObject({
        type: 'Unexpected',
        message: expect.stringContaining('web-1'),
        details: { remedy: expect.any(String) },
      });
    },
  );

  it('is nothing where the workflow itself is wrong: its task must stall', () => {
    expect(() => failureRecord(new TypeError('undefined is not a function'), 'web-1')).toThrow(
      TypeError,
    );
  });
});
