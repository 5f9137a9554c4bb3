import type { HostTools } from '../../host/tools.ts';
import { cacheDirectoryArgv } from './arguments.ts';
import type { Dialect } from './dialects/dialect.ts';
import { askPackageTool, packageToolFailure } from './run.ts';

/** Where dnf keeps its lists, and what it has downloaded. It says so also where it has no lists yet, and fails. */
export async function readCacheDirectory(tools: HostTools, dialect: Dialect): Promise<string> {
  const result = await askPackageTool(tools, cacheDirectoryArgv(dialect));
  const directory = /^cachedir(?: =|:) (\/.*)$/m.exec(result.stdout)?.[1];
  if (directory === undefined) {
    throw packageToolFailure(result, "dnf's configuration could not be read", 'resolution');
  }
  return directory.replace(/\/$/, '');
}
