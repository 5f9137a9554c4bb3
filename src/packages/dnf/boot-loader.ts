import { access } from 'node:fs/promises';
import type { Change } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { Argv, CommandResult, HostTools } from '../../host/tools.ts';
import { installedKernels } from '../shared/kernel.ts';
import { isNotInstalled } from '../shared/reboot.ts';
import { newestVersion } from './compare-versions.ts';

const TIMEOUT_MS = 300_000;

/** What zipl, the boot loader of IBM Z, is set up by. */
const ZIPL = '/etc/zipl.conf';

/**
 * A new kernel made itself the one that boots. Where that is written in files, the restore has put
 * back what was before; this makes sure that a kernel which is there is the default, and writes the
 * list of blocks that IBM Z boots from, which lies outside of any file. Answers whether anything was
 * written. Fails with `RestoreIncomplete`, with the command that a person has to run.
 */
export async function restoreBootLoader(
  tools: Pick<HostTools, 'run'>,
  changes: readonly Pick<Change, 'name' | 'oldVersion'>[],
  kernels: () => Promise<string[]> = installedKernels,
): Promise<boolean> {
  // What comes beside its older version, or anew, and is called so.
  if (!changes.some(({ name, oldVersion }) => oldVersion === null && /^kernel/.test(name))) {
    return false;
  }
  const isDefaultChanged = await makeDefault(tools, await kernels());
  const hasZipl = await orIfMissing(
    access(ZIPL).then(() => true),
    false,
  );
  if (hasZipl) await runOrFail(tools, ['zipl']);
  return isDefaultChanged || hasZipl;
}

async function makeDefault(
  tools: Pick<HostTools, 'run'>,
  kernels: readonly string[],
): Promise<boolean> {
  const asked = await tools.run(['grubby', '--default-kernel'], { timeoutMs: TIMEOUT_MS });
  if (isNotInstalled(asked)) return false;
  const images = kernels.map(imageOf);
  if (asked.exitCode === 0 && images.includes(asked.stdout.trim())) return false;
  const newest = newestVersion(kernels.filter((release) => !/rescue/.test(release)));
  if (newest === undefined) return false;
  await runOrFail(tools, ['grubby', '--set-default', imageOf(newest)]);
  return true;
}

function imageOf(release: string): string {
  return `/boot/vmlinuz-${release}`;
}

async function runOrFail(tools: Pick<HostTools, 'run'>, argv: Argv): Promise<CommandResult> {
  const result = await tools.run(argv, { timeoutMs: TIMEOUT_MS });
  if (result.exitCode === 0) return result;
  throw commandFailure(
    'RestoreIncomplete',
    `The files are back, but ${argv.join(' ')} failed: the boot loader may name a kernel that is gone, and the host may not boot.`,
    result,
    'Do not reboot. Run `grubby --set-default /boot/vmlinuz-RELEASE` with a kernel that is in /boot, and read what it says; then resolve the cycle with restore.',
  );
}
