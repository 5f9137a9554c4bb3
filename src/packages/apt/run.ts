import { commandFailure } from '../../host/command.ts';
import type { Argv, CommandOptions, CommandResult, HostTools } from '../../host/tools.ts';
import { APT_ENVIRONMENT } from './arguments.ts';
import { classify, decisiveLine, type Subject } from './classify.ts';
import { remedyFor } from './remedies.ts';

/** How a call of the package tools is run and judged. */
export type PackageToolOptions = CommandOptions & { subject?: Subject };

/**
 * Runs a package tool that changes no package, and answers its result. Where it does not end with
 * 0, throws a StepFailure of the type that its words mean, or `CommandFailed`; `what` begins the
 * message.
 */
export async function runPackageTool(
  tools: HostTools,
  argv: Argv,
  what: string,
  { subject = 'resolution', ...options }: PackageToolOptions = {},
): Promise<CommandResult> {
  const result = await tools.run(argv, { ...options, env: { ...APT_ENVIRONMENT, ...options.env } });
  if (result.exitCode !== 0 || result.truncated) throw packageToolFailure(result, what, subject);
  return result;
}

/** The StepFailure that a result means. */
export function packageToolFailure(
  result: CommandResult,
  what: string,
  subject: Subject,
): ReturnType<typeof commandFailure> {
  if (result.truncated) {
    const message = `${what}: the output of ${result.argv[0]} is too long to be read whole`;
    return commandFailure('CommandFailed', message, result, remedyFor('CommandFailed'));
  }
  if (result.timedOut) {
    const message = `${what}: ${result.argv[0]} gave no answer in ${Math.round(result.durationMs / 1000)} s`;
    const type = subject === 'resolution' ? 'CommandFailed' : 'MirrorUnreachable';
    return commandFailure(type, message, result, remedyFor(type));
  }
  const output = `${result.stderr}\n${result.stdout}`;
  const type = classify(output, subject) ?? 'CommandFailed';
  const message = `${what}: ${decisiveLine(output, type)}`;
  return commandFailure(type, message, result, remedyFor(type));
}
