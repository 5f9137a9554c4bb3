import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { FailureDetails } from '../domain/failure.ts';

export type PlainFailure = { type: string; message: string; remedy: string };

const LOOK = 'Look at its history in the Web UI, or: patchcycle doctor';

/** The innermost failure that says something, for people: what the host said, else what Temporal says. */
export function failureOf(error: unknown): PlainFailure {
  if (error instanceof ApplicationFailure) {
    const details = FailureDetails.safeParse(error.details?.[0]);
    return {
      type: error.type ?? 'Error',
      message: error.message,
      remedy: details.success ? details.data.remedy : LOOK,
    };
  }
  if (error instanceof TimeoutFailure) {
    return {
      type: 'HostUnreachable',
      message: `no agent answered in time (${error.timeoutType})`,
      remedy: 'Check that the agent runs on the host: systemctl status patchcycle-agent',
    };
  }
  if (error instanceof Error) {
    if (error.cause !== undefined) return failureOf(error.cause);
    return { type: error.name, message: error.message, remedy: LOOK };
  }
  return { type: 'Error', message: String(error), remedy: LOOK };
}
