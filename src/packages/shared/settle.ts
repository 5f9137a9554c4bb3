import { readdir } from 'node:fs/promises';
import { commandFailure } from '../../host/command.ts';
import { orIfMissing } from '../../host/errno.ts';
import { hasSystemd } from '../../host/systemd.ts';
import type { Argv, HostTools } from '../../host/tools.ts';

const MODULES = '/usr/lib/modules';

/** depmod reads every module of a kernel; on a slow disk that takes a while. */
const TIMEOUT_MS = 300_000;

/**
 * Brings what is generated from files in line with the restored files: the linker's cache, the
 * index of kernel modules where it is gone, and what systemd has read of the units. The initial
 * file systems in /boot come from the backup as they were. Running it again changes nothing.
 */
export async function settleAfterRestore(tools: HostTools): Promise<void> {
  await settle(tools, ['ldconfig']);
  for (const kernel of await orIfMissing(readdir(MODULES), [])) {
    const files: string[] = await orIfMissing(readdir(`${MODULES}/${kernel}`), []);
    // A directory without modules is what a removed kernel left behind.
    if (files.includes('kernel') && !files.includes('modules.dep')) {
      await settle(tools, ['depmod', '--', kernel]);
    }
  }
  if (await hasSystemd()) await settle(tools, ['systemctl', 'daemon-reload']);
}

async function settle(tools: HostTools, argv: Argv): Promise<void> {
  const result = await tools.run(argv, { timeoutMs: TIMEOUT_MS });
  if (result.exitCode === 0) return;
  throw commandFailure(
    'RestoreIncomplete',
    `${argv.join(' ')} failed after the restore, so what it generates may not fit the restored files`,
    result,
    'The step is harmless to repeat. Run the command on the host and read what it says.',
  );
}
