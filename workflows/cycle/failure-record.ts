import { TimeoutType } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { FailureDetails, type FailureRecord } from '../../src/domain/failure.ts';
import { boundFailure } from '../../src/planning/bound-failure.ts';

/**
 * What a failed step tells people, whatever wrapped it on the way, bounded so that a report can
 * hold many. In mid-change the host is restored after every one of them.
 * Throws a broken invariant of the workflow itself on, whose task then stalls until it is mended;
 * and a cancellation where the scope at hand is cancelled. Nothing else: the SDK would take any
 * other failure of Temporal's for the end of the workflow, with the host half changed.
 */
export function failureRecord(error: unknown, host: string): FailureRecord {
  if (!(error instanceof TemporalFailure)) throw error;
  if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  if (cause instanceof ApplicationFailure) return applicationRecord(cause);
  if (cause instanceof TimeoutFailure) return timeoutRecord(cause, host);
  return boundFailure({
    type: 'Unexpected',
    message: `A step of ${host} ended without an answer of its agent: ${cause.message}`,
    details: {
      remedy:
        "Look at the step in Temporal's Web UI; this is a fault of patchcycle, or of the connection. Please report it.",
    },
  });
}

function applicationRecord(failure: ApplicationFailure): FailureRecord {
  const { type, message } = failure;
  const details = FailureDetails.safeParse(failure.details?.[0]);
  return boundFailure({
    type: type ?? 'Unknown',
    message: message.slice(0, 1_000),
    ...(details.success ? { details: details.data } : {}),
  });
}

function timeoutRecord(timeout: TimeoutFailure, host: string): FailureRecord {
  const unreachable =
    timeout.timeoutType === TimeoutType.SCHEDULE_TO_START ||
    timeout.timeoutType === TimeoutType.SCHEDULE_TO_CLOSE;
  return {
    type: 'HostUnreachable',
    message: unreachable
      ? `The agent of ${host} did not take up its work in time.`
      : `The agent of ${host} took up a step and was not heard of again in time.`,
    details: {
      remedy: `Look whether ${host} is up, then at its agent: systemctl status patchcycle-agent; journalctl -u patchcycle-agent.`,
    },
  };
}
