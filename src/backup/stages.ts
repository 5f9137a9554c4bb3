import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { rm, statfs } from 'node:fs/promises';
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
 */
export type Stage = { top: BytePath; directory: string };

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
      const stage = { top, directory: root.real(childOf(top, name)) };
      mkdirSync(toNode(stage.directory), { mode: STAGE_MODE });
      // A default access control list of the directory above would have widened it.
      chmodSync(toNode(stage.directory), STAGE_MODE);
      stages.set(top, stage);
      return stage;
    },
    topOf,
    async remove() {
      for (const { directory } of stages.values()) await removeStage(directory);
      stages.clear();
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
      if (name.startsWith(PREFIX) && isOwn(root, path)) await removeStage(root.real(path));
    }
  }
}

/** What a stage's file system has free for a program of root. */
export async function freeBytes(stage: Stage): Promise<number> {
  const { bfree, bsize } = await statfs(toNode(stage.directory));
  return bfree * bsize;
}

async function removeStage(directory: string): Promise<void> {
  await rm(toText(directory), { recursive: true, force: true });
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

/** Only the agent's user could have made it: a directory of that name that is somebody else's stays. */
function isOwn(root: TreeRoot, path: BytePath): boolean {
  const found = look(root, path);
  return (
    found !== null &&
    found.isDirectory() &&
    found.uid === process.getuid?.() &&
    (found.mode & 0o777) === STAGE_MODE
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
