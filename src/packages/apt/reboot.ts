import { readFile } from 'node:fs/promises';
import type { RebootRequired } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { CommandResult, HostTools } from '../../host/tools.ts';
import { APT_ENVIRONMENT } from './arguments.ts';
import { pendingKernel } from './kernel.ts';
import { mappedProcesses, type MappedProcess } from './mapped-files.ts';
import { packageStates } from './states.ts';
import { runsOwnKernel } from './virtualization.ts';

const FLAG = '/run/reboot-required';

/** As RebootRequired bounds it. */
const REASON_LENGTH_MAX = 500;

/**
 * Whether what is installed is also what runs. Four things are asked, since none of them alone is
 * reliable: the file by which packages ask for a reboot, which plain Debian does not always write;
 * the kernel; needrestart where it is installed; and processes that still run code which was
 * replaced. Services restart their own processes in an upgrade, but not those that use their
 * libraries, and nothing but a reboot replaces all of number 1.
 * Where one of them could not be asked and no other says yes, the answer is `unknown`.
 */
export async function rebootRequired(tools: HostTools): Promise<RebootRequired> {
  const questions = [askFlag(), askKernel(tools), askNeedrestart(tools), askProcesses()];
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

function answered(answer: RebootRequired['answer'], reason: string): RebootRequired {
  return { answer, reason: reason.slice(0, REASON_LENGTH_MAX) };
}

async function askFlag(): Promise<string[]> {
  if ((await orIfMissing(readFile(FLAG, 'utf8'), null)) === null) return [];
  const packages = await orIfMissing(readFile(`${FLAG}.pkgs`, 'utf8'), '');
  const names = [...new Set(packages.split('\n').filter((line) => line !== ''))];
  return [names.length === 0 ? `${FLAG} asks for it` : `${FLAG} asks for it: ${names.join(', ')}`];
}

async function askKernel(tools: HostTools): Promise<string[]> {
  if (!(await runsOwnKernel(tools.run))) return [];
  const pending = await pendingKernel(await packageStates(tools));
  return pending === null ? [] : [pending];
}

/**
 * needrestart's state of the kernel: 2 is that one of the same ABI is pending, 3 that a newer one
 * is. Throws where it is installed and does not answer. Exported for tests.
 */
export async function askNeedrestart(tools: HostTools): Promise<string[]> {
  if (!(await runsOwnKernel(tools.run))) return [];
  const result = await tools.run(['needrestart', '-b', '-k'], { env: APT_ENVIRONMENT });
  // It is not installed everywhere; the other questions do not need it.
  if (isNotInstalled(result)) return [];
  if (result.exitCode !== 0) throw new Error(noAnswer(result));
  return /^NEEDRESTART-KSTA: [23]$/m.test(result.stdout)
    ? ['needrestart sees a pending kernel']
    : [];
}

function isNotInstalled({ exitCode, signal, timedOut, stderr }: CommandResult): boolean {
  return exitCode === null && signal === null && !timedOut && stderr.includes('ENOENT');
}

function noAnswer({ signal, timedOut, stderr, durationMs }: CommandResult): string {
  if (timedOut) return `needrestart gave no answer in ${Math.round(durationMs / 1000)} s`;
  if (signal !== null) return `needrestart was ended by ${signal}`;
  return `needrestart failed: ${stderr.trim().split('\n').at(-1)}`;
}

/** Processes that are named; more of them are counted. */
const NAMED_MAX = 6;

async function askProcesses(): Promise<string[]> {
  const processes = await mappedProcesses('deleted');
  return processes.length === 0 ? [] : [describeProcesses(processes)];
}

export function describeProcesses(processes: readonly MappedProcess[]): string {
  const named = processes
    .slice(0, NAMED_MAX)
    .map(({ pid, name, files }) => `${name} (pid ${pid}: ${baseName(files[0] ?? '')})`);
  const more = processes.length - named.length;
  return `old code still runs in ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
