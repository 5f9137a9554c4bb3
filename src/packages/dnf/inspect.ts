import type { HostTools } from '../../host/tools.ts';
import type { PackageFacts } from '../port.ts';
import { readUpdaters } from '../shared/updaters.ts';
import { readCacheDirectory } from './cache-directory.ts';
import type { Dialect } from './dialects/dialect.ts';
import { readHeld } from './held.ts';
import { interruptedPackages } from './interrupted.ts';
import { DNF_UPDATERS } from './updaters.ts';

/** See {@link PackageManager.inspect} of the port. */
export async function inspect(tools: HostTools, dialect: Dialect): Promise<PackageFacts> {
  return {
    held: await readHeld(tools, dialect),
    interrupted: await interruptedPackages(tools),
    otherUpdaters: await readUpdaters(tools, DNF_UPDATERS),
    cacheDirectory: await readCacheDirectory(tools, dialect),
  };
}
