import { StepFailure } from '../../domain/failure.ts';
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
    held: await heldSoFar(tools, dialect),
    interrupted: await interruptedPackages(tools),
    otherUpdaters: await readUpdaters(tools, DNF_UPDATERS),
    cacheDirectory: await readCacheDirectory(tools, dialect),
  };
}

/**
 * A host that has fetched no lists yet, or has thrown them away, knows of no newer versions that
 * could be kept back. The plan comes after a refresh and asks again.
 */
async function heldSoFar(tools: HostTools, dialect: Dialect): Promise<string[]> {
  try {
    return await readHeld(tools, dialect);
  } catch (error) {
    if (error instanceof StepFailure && error.type === 'MirrorListsBroken') return [];
    throw error;
  }
}
