import type { StepFailure } from '../../domain/failure.ts';
import type { Argv, CommandResult, HostTools } from '../../host/tools.ts';
import type { Subject } from '../shared/classify.ts';
import { failureBy, runBy, type PackageToolOptions, type Speech } from '../shared/run.ts';
import { APT_ENVIRONMENT } from './arguments.ts';
import { APT_WORDS } from './classify.ts';
import { APT_REMEDIES } from './remedies.ts';

const APT_SPEECH: Speech = {
  environment: APT_ENVIRONMENT,
  words: APT_WORDS,
  remedies: APT_REMEDIES,
};

/** See {@link runBy}. */
export function runPackageTool(
  tools: HostTools,
  argv: Argv,
  what: string,
  options?: PackageToolOptions,
): Promise<CommandResult> {
  return runBy(APT_SPEECH, tools, argv, what, options);
}

/** See {@link failureBy}. */
export function packageToolFailure(
  result: CommandResult,
  what: string,
  subject: Subject,
): StepFailure {
  return failureBy(APT_SPEECH, result, what, subject);
}
