import type { StepFailure } from '../../domain/failure.ts';
import type { Argv, CommandResult, HostTools } from '../../host/tools.ts';
import type { Subject } from '../shared/classify.ts';
import { failureBy, runBy, type PackageToolOptions, type Speech } from '../shared/run.ts';
import { DNF_ENVIRONMENT } from './arguments.ts';
import { DNF_WORDS } from './classify.ts';
import { DNF_REMEDIES } from './remedies.ts';

const DNF_SPEECH: Speech = {
  environment: DNF_ENVIRONMENT,
  words: DNF_WORDS,
  remedies: DNF_REMEDIES,
};

/** dnf reads all lists anew in each call; on a small server with the usual repositories that is seconds. */
export const QUERY_TIMEOUT_MS = 300_000;

/** Every advisory that a vendor ever gave for what is installed takes some megabytes. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

const LIMITS = { timeoutMs: QUERY_TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES_MAX };

/** See {@link runBy}. */
export function runPackageTool(
  tools: HostTools,
  argv: Argv,
  what: string,
  options?: PackageToolOptions,
): Promise<CommandResult> {
  return runBy(DNF_SPEECH, tools, argv, what, { ...LIMITS, ...options });
}

/** Runs a package tool whose exit status says nothing: the caller judges what it wrote. */
export function askPackageTool(tools: HostTools, argv: Argv): Promise<CommandResult> {
  return tools.run(argv, { ...LIMITS, env: DNF_ENVIRONMENT });
}

/** See {@link failureBy}. */
export function packageToolFailure(
  result: CommandResult,
  what: string,
  subject: Subject,
): StepFailure {
  return failureBy(DNF_SPEECH, result, what, subject);
}
