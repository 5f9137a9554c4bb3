import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
} from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
import { StepFailure } from '../domain/failure.ts';
import { errnoOf } from '../host/errno.ts';
import { asBytePath, childOf, parentOf, toNode, toText, TOP, type BytePath } from './byte-path.ts';
import { look } from './look.ts';
import type { Mounts } from './mounts.ts';
import { onDisk, type TreeRoot } from './tree-root.ts';

const PREFIX = '.patchcycle-restore-';

const STAGE_MODE = 0o700;

/**
 * A directory of root's alone at the top of one file system, into which files are extracted and
 * from which they are then renamed into their places. A rename is atomic, works on programs that
 * run, and does not cross file systems, hence one stage for each.
 *
 * It is held open and reached through the handle: the top of a file system may belong to a user,
 * who could put something else in the stage's place, but never look or write into it.
 */
export type Stage = { top: BytePath; directory: string; path: BytePath; handle: number };

/** Finds, and makes when needed, the stage of whatever directory. */
export type Stages = {
  of(directory: BytePath): Stage;
  /** The top of the directory's file system. */
  topOf: (directory: BytePath) => BytePath;
  /** Deletes every stage with what is left in it. */
  remove(): Promise<void>;
};

export function makeStages(root: TreeRoot, mounts: Mounts): Stages {
  const stages = new Map<BytePath, Stage>();
  const topOf = makeTopFinder(root, mounts);
  return {
    of(directory) {
      const top = topOf(directory);
      const known = stages.get(top);
      if (known !== undefined) return known;
      const name = `${PREFIX}${randomBytes(6).toString('hex')}`;
      const path = childOf(top, name);
      mkdirSync(onDisk(root, path), { mode: STAGE_MODE });
      const handle = openOwn(root, path);
      if (handle === null) throw movedAway(path);
      // A default access control list of the directory above would have widened it.
      fchmodSync(handle, STAGE_MODE);
      const stage = { top, directory: `/proc/${process.pid}/fd/${handle}`, path, handle };
      stages.set(top, stage);
      return stage;
    },
    topOf,
    async remove() {
      for (const [top, { path, handle }] of stages) {
        stages.delete(top);
        await removeStage(root, path, handle);
      }
    },
  };
}

/**
 * Deletes stages that a restore left behind when it was killed, on every file system that these
 * directories lie on.
 */
export async function removeOldStages(
  root: TreeRoot,
  mounts: Mounts,
  directories: readonly BytePath[],
): Promise<void> {
  const topOf = makeTopFinder(root, mounts);
  for (const top of new Set(directories.map(topOf))) {
    for (const name of readdirSync(onDisk(root, top), 'latin1')) {
      const path = childOf(top, name);
      if (!name.startsWith(PREFIX)) continue;
      const handle = openOwn(root, path);
      if (handle === null) continue;
      if ((fstatSync(handle).mode & 0o777) === STAGE_MODE) await removeStage(root, path, handle);
      else closeSync(handle);
    }
  }
}

/** What a stage's file system has free for a program of root. */
export async function freeBytes(stage: Stage): Promise<number> {
  const { bfree, bsize } = await statfs(toNode(stage.directory));
  return bfree * bsize;
}

/** Empties the held stage, then takes its name away. Closes the handle. */
async function removeStage(root: TreeRoot, path: BytePath, handle: number): Promise<void> {
  try {
    const own = asBytePath(`/proc/self/fd/${handle}`);
    for (const name of readdirSync(own, 'latin1')) {
      await rm(toNode(childOf(own, name)), { recursive: true, force: true });
    }
  } finally {
    closeSync(handle);
  }
  try {
    rmdirSync(onDisk(root, path));
  } catch (error) {
    // Something else has its name now, and is none of ours.
    if (!['ENOENT', 'ENOTDIR', 'ENOTEMPTY'].includes(errnoOf(error) ?? '')) throw error;
  }
}

/** The highest directory above that is still on the same file system, seen by device and by mount. */
function makeTopFinder(root: TreeRoot, mounts: Mounts): (directory: BytePath) => BytePath {
  const known = new Map<BytePath, BytePath>();
  function find(directory: BytePath): BytePath {
    if (directory === TOP || mounts.has(root.real(directory))) return directory;
    const above = parentOf(directory);
    const own = device(root, directory);
    // A directory that is missing will be made on the file system of the one above.
    if (own !== null && own !== device(root, above)) return directory;
    return topOf(above);
  }
  function topOf(directory: BytePath): BytePath {
    const top = known.get(directory) ?? find(directory);
    known.set(directory, top);
    return top;
  }
  return topOf;
}

/**
 * Opens a directory of the agent's own user, whom nobody else can make one for: one of that name that
 * is somebody else's, and whatever is no directory, is null.
 */
function openOwn(root: TreeRoot, path: BytePath): number | null {
  let handle: number;
  try {
    const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
    handle = openSync(onDisk(root, path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
  if (fstatSync(handle).uid === process.getuid?.()) return handle;
  closeSync(handle);
  return null;
}

function movedAway(path: BytePath): StepFailure {
  return new StepFailure(
    'RestoreIncomplete',
    `The host was not put back, because somebody took ${toText(path)} away, into which its files were to be extracted. Nothing was touched.`,
    { remedy: 'Find out who writes there, and resolve the cycle with restore.' },
  );
}

function device(root: TreeRoot, directory: BytePath): number | null {
  const found = look(root, directory);
  return found?.isDirectory() ? found.dev : null;
}

/** Where a path of the backup lies in its stage. */
export function stagedPath(stage: Stage, path: BytePath): string {
  return asBytePath(`${stage.directory}${path}`);
}
