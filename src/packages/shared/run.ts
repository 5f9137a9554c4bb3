import { commandFailure } from '../../host/command.ts';
import type { Argv, CommandOptions, CommandResult, HostTools } from '../../host/tools.ts';
import { classifyBy, decisiveLineBy, type Subject, type Words } from './classify.ts';
import { remedyFor, type Remedies } from './remedies.ts';

/** How a call of the package tools is run and judged. */
export type PackageToolOptions = CommandOptions & { subject?: Subject };

/** How a family's tools are called and understood. */
export type Speech = {
  environment: Readonly<Record<string, string>>;
  words: Words;
  remedies: Remedies;
};

/**
 * Runs a package tool that changes no package, and answers its result. Where it does not end with
 * 0, throws a StepFailure of the type that its words mean, or `CommandFailed`; `what` begins the
 * message.
 */
export async function runBy(
  speech: Speech,
  tools: HostTools,
  argv: Argv,
  what: string,
  { subject = 'resolution', ...options }: PackageToolOptions = {},
): Promise<CommandResult> {
  const env = { ...speech.environment, ...options.env };
  const result = await tools.run(argv, { ...options, env });
  if (result.exitCode !== 0 || result.truncated) throw failureBy(speech, result, what, subject);
  return result;
}

/** The StepFailure that a result means. */
export function failureBy(
  { words, remedies }: Speech,
  result: CommandResult,
  what: string,
  subject: Subject,
): ReturnType<typeof commandFailure> {
  if (result.truncated) {
    const message = `${what}: the output of ${result.argv[0]} is too long to be read whole`;
    return commandFailure('CommandFailed', message, result, remedyFor('CommandFailed', remedies));
  }
  if (result.timedOut) {
    const message = `${what}: ${result.argv[0]} gave no answer in ${Math.round(result.durationMs / 1000)} s`;
    const type = subject === 'resolution' ? 'CommandFailed' : 'MirrorUnreachable';
    return commandFailure(type, message, result, remedyFor(type, remedies));
  }
  const output = `${result.stderr}\n${result.stdout}`;
  const type = classifyBy(words, output, subject) ?? 'CommandFailed';
  const message = `${what}: ${decisiveLineBy(words, output, type)}`;
  return commandFailure(type, message, result, remedyFor(type, remedies));
}
