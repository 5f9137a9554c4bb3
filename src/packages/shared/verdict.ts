import { commandFailure } from '../../host/command.ts';
import type { CommandResult } from '../../host/tools.ts';
import type { FailureType, StepFailure } from '../../domain/failure.ts';

/**
 * The failure for what a tool has found: of `type`, unless somebody ended the tool (the kernel when
 * memory ran out, an administrator, a time limit). It has then found nothing, and the step is tried
 * again instead of being given up.
 */
export function verdict(
  type: FailureType,
  message: string,
  result: CommandResult,
  remedy: string,
): StepFailure {
  const ended = result.signal !== null || result.timedOut;
  return commandFailure(ended ? 'CommandFailed' : type, message, result, remedy);
}
