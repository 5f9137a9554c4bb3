import type { RebootRequired } from '../../domain/plan.ts';
import type { CommandResult } from '../../host/tools.ts';
import { hiddenProcesses } from '../../host/process-table.ts';
import { mappedProcesses, type MappedProcess } from './mapped-files.ts';

/** As RebootRequired bounds it. */
const REASON_LENGTH_MAX = 500;

/**
 * Judges by answers that each are reasons for a reboot, none, or an error. Where one could not be
 * had and no other says yes, the answer is `unknown`.
 */
export async function judgeReboot(
  questions: readonly Promise<readonly string[]>[],
): Promise<RebootRequired> {
  const answers = await Promise.allSettled(questions);
  const reasons = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (reasons.length > 0) return answered('yes', reasons.join('; '));
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed !== undefined)
    return answered('unknown', `could not be told: ${messageOf(failed.reason)}`);
  return answered('no', 'no package asks for it and everything that runs is what is installed');
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

export function answered(answer: RebootRequired['answer'], reason: string): RebootRequired {
  return { answer, reason: reason.slice(0, REASON_LENGTH_MAX) };
}

/** Whether the program is not there, which is no answer and no failure either. */
export function isNotInstalled({ exitCode, signal, timedOut, stderr }: CommandResult): boolean {
  return exitCode === null && signal === null && !timedOut && stderr.includes('ENOENT');
}

/** Why there is no answer, as a sentence. */
export function noAnswer(
  program: string,
  { signal, timedOut, stderr, durationMs }: CommandResult,
): string {
  if (timedOut) return `${program} gave no answer in ${Math.round(durationMs / 1000)} s`;
  if (signal !== null) return `${program} was ended by ${signal}`;
  return `${program} failed: ${stderr.trim().split('\n').at(-1)}`;
}

/**
 * Processes that still run code which was replaced. Services restart their own processes in an
 * upgrade, but not those that use their libraries, and nothing but a reboot replaces all of number 1.
 * Throws where some may not be looked at and no other does.
 */
export async function askProcesses(): Promise<string[]> {
  const { found, hidden } = await mappedProcesses('deleted');
  if (found.length > 0) return [describeProcesses(found)];
  if (hidden.length > 0) throw new Error(hiddenProcesses(hidden));
  return [];
}

/** Processes that are named; more of them are counted. */
const NAMED_MAX = 6;

function describeProcesses(processes: readonly MappedProcess[]): string {
  const named = processes
    .slice(0, NAMED_MAX)
    .map(({ pid, name, files }) => `${name} (pid ${pid}: ${baseName(files[0] ?? '')})`);
  const more = processes.length - named.length;
  return `old code still runs in ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
