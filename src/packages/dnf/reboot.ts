import type { RebootRequired } from '../../domain/plan.ts';
import type { CommandResult, HostTools } from '../../host/tools.ts';
import { askProcesses, judgeReboot, noAnswer } from '../shared/reboot.ts';
import { runsOwnKernel } from '../shared/virtualization.ts';
import { needsRestartingArgv } from './arguments.ts';
import type { Dialect } from './dialects/dialect.ts';
import { pendingKernel } from './kernel.ts';
import { askPackageTool } from './run.ts';

/**
 * Whether what is installed is also what runs. Three things are asked, since none of them alone is
 * reliable: the kernel; dnf's needs-restarting where it is installed, which knows what was installed
 * since the boot; and processes that still run code which was replaced.
 */
export async function rebootRequired(tools: HostTools, dialect: Dialect): Promise<RebootRequired> {
  return judgeReboot([askKernel(tools), askNeedsRestarting(tools, dialect), askProcesses()]);
}

async function askKernel(tools: HostTools): Promise<string[]> {
  if (!(await runsOwnKernel(tools.run))) return [];
  const pending = await pendingKernel();
  return pending === null ? [] : [pending];
}

/**
 * It ends with 1 for a yes, and also when it is not installed or fails: only with its reasons is it
 * a yes. Throws where it is installed and does not answer. Exported for tests.
 */
export async function askNeedsRestarting(tools: HostTools, dialect: Dialect): Promise<string[]> {
  const result = await runNeedsRestarting(tools, dialect);
  if (result.exitCode === 0 || NOT_INSTALLED.test(result.stderr)) return [];
  const names = [...result.stdout.matchAll(/^ +\* (\S+)/gm)].map(([, name]) => name);
  if (result.exitCode !== 1 || names.length === 0) {
    throw new Error(noAnswer('dnf needs-restarting', result));
  }
  return [`dnf needs-restarting names ${names.join(', ')}`];
}

/** That of dnf 5 also reads what advisories say, and fails where there are no lists yet. */
async function runNeedsRestarting(tools: HostTools, dialect: Dialect): Promise<CommandResult> {
  const result = await askPackageTool(tools, needsRestartingArgv(dialect, 'with lists'));
  if (!/no cache for/.test(result.stderr)) return result;
  return askPackageTool(tools, needsRestartingArgv(dialect, 'without lists'));
}

const NOT_INSTALLED = /No such command: needs-restarting|Unknown argument "needs-restarting"/;
