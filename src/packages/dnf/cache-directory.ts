import { StepFailure } from '../../domain/failure.ts';
import type { HostTools } from '../../host/tools.ts';
import { cacheDirectoryArgv } from './arguments.ts';
import type { Dialect } from './dialects/dialect.ts';
import { runPackageTool } from './run.ts';

/** Where dnf keeps its lists, and what it has downloaded. */
export async function readCacheDirectory(tools: HostTools, dialect: Dialect): Promise<string> {
  const { stdout } = await runPackageTool(
    tools,
    cacheDirectoryArgv(dialect),
    "dnf's configuration could not be read",
  );
  const directory = /^cachedir(?: =|:) (\/.*)$/m.exec(stdout)?.[1];
  if (directory === undefined) {
    throw new StepFailure('UnsupportedHost', 'dnf names no directory for its lists', {
      remedy: 'Look at `cachedir` in /etc/dnf/dnf.conf.',
    });
  }
  return directory.replace(/\/$/, '');
}
