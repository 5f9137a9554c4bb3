import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Where fetched programs are kept: `$PATCHCYCLE_CACHE`, else `.cache` of the clone that this code
 * runs in, else `patchcycle` in the user's own cache directory.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const { PATCHCYCLE_CACHE: named, XDG_CACHE_HOME: userCache } = environment;
  if (named !== undefined && named !== '') return resolve(named);
  const clone = cloneRoot(import.meta.dirname);
  if (clone !== undefined) return join(clone, '.cache');
  return join(userCache || join(homedir(), '.cache'), 'patchcycle');
}

/** The clone around a directory. Its mark is the lockfile, which npm never puts into a package. */
function cloneRoot(directory: string): string | undefined {
  if (existsSync(join(directory, 'package.json'))) {
    return existsSync(join(directory, 'package-lock.json')) ? directory : undefined;
  }
  const parent = dirname(directory);
  return parent === directory ? undefined : cloneRoot(parent);
}
