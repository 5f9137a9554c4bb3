import { realpath } from 'node:fs/promises';
import type { Change, Removal } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import type { Footprint } from '../port.ts';
import { readAlternatives } from '../shared/alternatives.ts';
import { archivePath } from '../shared/archives.ts';
import { COMMON_PATHS, generatedPaths } from '../shared/generated-files.ts';
import { inPortions } from '../shared/portions.ts';
import { verdict } from '../shared/verdict.ts';
import { readArchiveFiles, readFileList } from './file-lists.ts';
import { STATE_TREES } from './generated-files.ts';

/** See {@link PackageManager.footprint} of the port. */
export async function footprint(
  tools: HostTools,
  changes: readonly Change[],
  removals: readonly Removal[],
  directory: string,
): Promise<Footprint> {
  const installed = new Set<string>();
  for (const { name } of [...changes, ...removals]) {
    // Of every version and architecture: those of a kernel are few, and more covers more.
    for (const { path } of await readFileList(tools, name)) installed.add(path);
  }
  const added = new Set<string>();
  for (const portion of inPortions(changes)) {
    tools.progress(`reading the file lists of ${portion.length} archives`);
    const archives = portion.map((change) => archivePath(change, directory));
    for (const { path } of await readArchiveFiles(tools, archives)) added.add(path);
  }
  const generated = await generatedPaths([...installed, ...added]);
  const alternatives = await readAlternatives('/var/lib/alternatives');
  return {
    trees: [...STATE_TREES, await databaseDirectory(tools), ...generated.trees],
    paths: [...installed, ...COMMON_PATHS, ...generated.paths, ...alternatives],
    added: [...added].filter((path) => path !== '/' && !installed.has(path)),
  };
}

/**
 * Where rpm keeps its database, of whatever layout: distributions have two places for it, and one
 * of them may be a link to the other, which a backup would cover as a link.
 */
export async function databaseDirectory(tools: HostTools): Promise<string> {
  const result = await tools.run(['rpm', '--eval', '%{_dbpath}']);
  const directory = result.stdout.trim();
  if (result.exitCode === 0 && directory.startsWith('/')) return realpath(directory);
  throw verdict(
    'UnsupportedHost',
    'rpm does not say where its database is, so that it could not be put back',
    result,
    'Run `rpm --eval %{_dbpath}` on the host; it has to name a directory.',
  );
}
