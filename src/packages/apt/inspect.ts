import { StepFailure } from '../../domain/failure.ts';
import type { HostTools } from '../../host/tools.ts';
import type { PackageFacts } from '../port.ts';
import { readHeld } from './held.ts';
import { runPackageTool } from './run.ts';
import { keyOf } from '../shared/key-of.ts';
import { isInterrupted, packageStates } from './states.ts';
import { readUpdaters } from '../shared/updaters.ts';
import { APT_UPDATERS } from './updaters.ts';

/** See {@link PackageManager.inspect} of the port. */
export async function inspect(tools: HostTools): Promise<PackageFacts> {
  return {
    held: await readHeld(tools),
    interrupted: (await packageStates(tools)).filter(isInterrupted).map(keyOf),
    otherUpdaters: await readUpdaters(tools, APT_UPDATERS),
    cacheDirectory: await readCacheDirectory(tools),
  };
}

async function readCacheDirectory(tools: HostTools): Promise<string> {
  const { stdout } = await runPackageTool(
    tools,
    ['apt-config', 'shell', 'directory', 'Dir::Cache::archives/d'],
    "apt's configuration could not be read",
  );
  const directory = /^directory='(\/[^']*)'$/m.exec(stdout)?.[1];
  if (directory === undefined) {
    throw new StepFailure(
      'UnsupportedHost',
      `apt names no directory for archives: ${stdout.trim()}`,
      {
        remedy: 'Look at Dir::Cache in `apt-config dump` on the host.',
      },
    );
  }
  return directory.replace(/\/$/, '');
}
