import { readFile } from 'node:fs/promises';
import type { RebootRequired } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { HostTools } from '../../host/tools.ts';
import { APT_ENVIRONMENT } from './arguments.ts';
import { pendingKernel } from './kernel.ts';
import { askProcesses, isNotInstalled, judgeReboot, noAnswer } from '../shared/reboot.ts';
import { packageStates } from './states.ts';
import { runsOwnKernel } from '../shared/virtualization.ts';

const FLAG = '/run/reboot-required';

/**
 * Whether what is installed is also what runs. Four things are asked, since none of them alone is
 * reliable: the file by which packages ask for a reboot, which plain Debian does not always write;
 * the kernel; needrestart where it is installed; and processes that still run code which was
 * replaced.
 */
export async function rebootRequired(tools: HostTools): Promise<RebootRequired> {
  return judgeReboot([askFlag(), askKernel(tools), askNeedrestart(tools), askProcesses()]);
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
  if (result.exitCode !== 0) throw new Error(noAnswer('needrestart', result));
  return /^NEEDRESTART-KSTA: [23]$/m.test(result.stdout)
    ? ['needrestart sees a pending kernel']
    : [];
}
