import { TimeoutType } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { FailureDetails, type FailureRecord } from '../../src/domain/failure.ts';

/** What a failed activity tells people, whatever wrapped it on the way. */
export function failureRecord(error: unknown, host: string): FailureRecord {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const details = FailureDetails.safeParse(cause.details?.[0]);
    return {
      type: cause.type ?? 'Unknown',
      message: cause.message.slice(0, 1_000),
      ...(details.success ? { details: details.data } : {}),
    };
  }
  if (cause instanceof TimeoutFailure) return timeoutRecord(cause, host);
  // Anything else is a broken invariant of the workflow itself: its task must stall, not the host suffer.
  throw error;
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
