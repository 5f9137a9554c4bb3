import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { absent } from './entry.ts';
import { createFrameWriter, type FrameWriter } from './frames.ts';
import { entryLine, headLine } from './manifest.ts';
import { makeOthersCounter } from './others.ts';
import { readTree, type Reading } from './read-tree.ts';
import type { BytePath } from './byte-path.ts';
import type { Scope } from './scope.ts';
import { createTextWriter } from './text-writer.ts';
import type { TreeRoot } from './tree-root.ts';

export const ARCHIVE_NAME = 'archive.tar.zst';
export const MANIFEST_NAME = 'manifest.jsonl';

export type Archive = {
  archiveSha256: string;
  archiveBytes: number;
  manifestSha256: string;
  /** Entries that exist; those that say that nothing is there are not counted. */
  files: number;
};

/**
 * Writes archive and manifest of these paths into an empty directory, in one passage over the
 * files: the manifest's hashes are of the very bytes that go into the archive, and the archive is
 * read back and compared with them frame by frame while it grows, the manifest when it is whole. Both
 * files are synced.
 *
 * The manifest's hash is noted at the archive's end, so that the archive's hash alone vouches for
 * both. Answers what changed instead, when a file changed under its hands.
 */
export async function writeArchive(
  root: TreeRoot,
  directory: string,
  scope: Scope,
  paths: readonly BytePath[],
): Promise<Archive | Exclude<Reading, { steady: true }>> {
  // Whatever was begun is ended in any case, also where the next thing could not be.
  await using endings = new AsyncDisposableStack();
  const create = async (name: string): Promise<FileHandle> =>
    endings.adopt(await createFile(join(directory, name)), (file) => file.close());
  const manifestFile = await create(MANIFEST_NAME);
  const archiveFile = await create(ARCHIVE_NAME);
  const frames = endings.adopt(createFrameWriter(archiveFile), (writer) => writer.close());
  const manifest = createTextWriter(manifestFile);
  const reading = await readInto(root, scope, paths, manifest, frames);
  if (!reading.steady) return reading;
  const { sha256: manifestSha256 } = await manifest.end();
  const { sha256, bytes } = await frames.end(Buffer.from(manifestSha256, 'hex'));
  return { archiveSha256: sha256, archiveBytes: bytes, manifestSha256, files: paths.length };
}

async function readInto(
  root: TreeRoot,
  scope: Scope,
  paths: readonly BytePath[],
  manifest: ReturnType<typeof createTextWriter>,
  frames: FrameWriter,
): Promise<Reading> {
  const countOthers = makeOthersCounter(root, scope, paths);
  const gone = [...scope.absent].reverse();
  const addGoneBefore = (path: string | null): void => {
    for (let next = gone.at(-1); next !== undefined; next = gone.at(-1)) {
      if (path !== null && next > path) return;
      manifest.add(entryLine(absent(next)));
      gone.pop();
    }
  };
  manifest.add(headLine(scope));
  const reading = await readTree(
    root,
    paths,
    (entry) => {
      addGoneBefore(entry.path);
      countOthers(entry);
      manifest.add(entryLine(entry));
    },
    (piece) => both(frames.write(piece), manifest.flush()),
  );
  addGoneBefore(null);
  return reading;
}

/** Fails with EEXIST on whatever is there already, a planted link too. */
function createFile(path: string): Promise<FileHandle> {
  return open(path, 'wx+', 0o600);
}

/** Nothing to wait for is what happens most of the time, and then there is no promise. */
function both(
  one: Promise<void> | undefined,
  other: Promise<void> | undefined,
): Promise<void> | undefined {
  return one === undefined && other === undefined
    ? undefined
    : Promise.all([one, other]).then(() => undefined);
}
