import type { RunCommand } from '../../host/tools.ts';

/**
 * Whether the running kernel is this host's own. In a container it is the machine's below, and
 * says nothing about the packages in here. Without systemd-detect-virt it counts as its own: a
 * kernel image in /boot still has to exist for it to matter.
 */
export async function runsOwnKernel(run: RunCommand): Promise<boolean> {
  const { exitCode } = await run(['systemd-detect-virt', '--container', '--quiet']);
  // It ends with 0 in a container.
  return exitCode !== 0;
}
