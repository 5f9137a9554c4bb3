import type { Change, Removal } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import type { Footprint } from '../port.ts';
import { archiveContents } from './archive-contents.ts';
import { readDiversions, readFileList } from './file-lists.ts';
import { readAlternatives } from '../shared/alternatives.ts';
import { generatedPaths } from '../shared/generated-files.ts';
import { STATE_PATHS, STATE_TREES } from './generated-files.ts';
import { nativeArchitecture } from './native.ts';
import { inParallel } from '../shared/parallel.ts';

/** Under these names dpkg keeps new and old files while it unpacks; a run that was cut off leaves them. */
const UNPACKING = ['.dpkg-new', '.dpkg-tmp'];

/** See {@link PackageManager.footprint} of the port. */
export async function footprint(
  tools: HostTools,
  changes: readonly Change[],
  removals: readonly Removal[],
  directory: string,
): Promise<Footprint> {
  const native = await nativeArchitecture(tools);
  const diversions = await readDiversions();
  const installed = new Set<string>();
  for (const entry of [...changes, ...removals]) {
    for (const path of await readFileList(entry, native)) installed.add(path);
  }
  const added = new Set<string>();
  await inParallel(changes, async (change) => {
    tools.progress(`reading ${change.archive}`);
    for (const { path, type } of (await archiveContents(change, directory)).paths) {
      added.add(path);
      if (type !== 'directory') for (const ending of UNPACKING) added.add(path + ending);
    }
  });
  for (const paths of [installed, added]) {
    for (const path of paths) {
      const diverted = diversions.get(path);
      if (diverted !== undefined) paths.add(diverted);
    }
  }
  const generated = await generatedPaths([...installed, ...added]);
  return {
    trees: [...STATE_TREES, ...generated.trees],
    paths: [
      ...installed,
      ...STATE_PATHS,
      ...generated.paths,
      ...(await readAlternatives('/var/lib/dpkg/alternatives')),
    ],
    added: [...added].filter((path) => path !== '/' && !installed.has(path)),
  };
}
