import { ApplicationFailure } from '@temporalio/common';
import type { ZodError } from 'zod';
import {
  FINDINGS_MAX,
  StepFailure,
  type FailedCommand,
  type FailureDetails,
} from '../domain/failure.ts';
import { errnoOf } from '../host/errno.ts';
import { maskArgv, maskedTail, maskSecrets } from '../host/mask.ts';

const MESSAGE_LENGTH_MAX = 2_000;

/** What an operating failure is to Temporal: its type, its message, whether a retry can help, its details. */
export function applicationFailure(failure: StepFailure): ApplicationFailure {
  return ApplicationFailure.create({
    type: failure.type,
    message: maskSecrets(failure.message).slice(0, MESSAGE_LENGTH_MAX),
    nonRetryable: !failure.retryable,
    details: [fitToLeave(failure.details)],
  });
}

/** Secrets masked everywhere: a probe's URL with a password is found in findings, remedies and commands. */
function fitToLeave({ remedy, command, findings }: FailureDetails): FailureDetails {
  return {
    remedy: maskSecrets(remedy),
    ...(command === undefined ? {} : { command: masked(command) }),
    ...(findings === undefined ? {} : { findings: fewEnough(findings).map(maskSecrets) }),
  };
}

function masked({ argv, exitCode, stderrTail }: FailedCommand): FailedCommand {
  return { argv: maskArgv(argv), exitCode, stderrTail: maskSecrets(stderrTail) };
}

/** With more than its schema allows a cycle would not take the details at all. */
function fewEnough(findings: string[]): string[] {
  if (findings.length <= FINDINGS_MAX) return findings;
  const kept = findings.slice(0, FINDINGS_MAX - 1);
  return [...kept, `and ${findings.length - kept.length} more`];
}

/**
 * The operating failure behind whatever a step threw. A full disk is one, wherever it is noticed;
 * anything that is neither is a fault of patchcycle itself, which no retry mends.
 */
export function asStepFailure(error: unknown, host: string, step: string): StepFailure {
  if (error instanceof StepFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT') {
    return new StepFailure('NotEnoughSpace', `${host} ran out of space in ${step}: ${text}.`, {
      remedy: 'Make room on the host (df -h; df -i), then go on.',
    });
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return new StepFailure(
    'Unexpected',
    `${step} on ${host} met what patchcycle does not know: ${text}`,
    {
      remedy:
        'This is a fault of patchcycle, or of something that changed its files. Please report it with the lines below; the host is as the steps before left it.',
      findings: maskedTail(stack, MESSAGE_LENGTH_MAX).split('\n').slice(0, 10),
    },
  );
}

/** What does not fit the step's schema; named field by field. */
export function badInput(error: ZodError, step: string): StepFailure {
  const findings = error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${path.map(String).join('.') || 'input'}: ${message}`);
  return new StepFailure(
    'BadInput',
    `${step} was asked for with wrong input: ${findings.join('; ')}`,
    {
      remedy:
        'The central worker and the agent may be of different versions: bring both to the same.',
      findings,
    },
  );
}
