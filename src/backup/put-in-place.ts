import { errnoOf } from '../host/errno.ts';
import { makeBreathe } from './breathe.ts';
import { comparePaths, nameOf, parentOf, toText, type BytePath } from './byte-path.ts';
import type { Entry } from './entry.ts';
import { DirectoryMoved, makeHolder } from './held-directory.ts';
import { stagedPath, type Stages } from './stages.ts';
import type { TreeRoot } from './tree-root.ts';

/** What could not be done, one sentence each; the work goes on with everything else. */
export type Refusals = string[];

/**
 * Deletes these paths, what is in a directory before the directory. Answers how many are gone
 * because of it. A directory with anything else in it stays: programs wrote that, not the change.
 * So does a place where something is mounted.
 */
export async function remove(
  root: TreeRoot,
  paths: readonly BytePath[],
  refusals: Refusals,
): Promise<number> {
  const breathe = makeBreathe();
  const holder = makeHolder(root);
  let removed = 0;
  try {
    for (const path of paths.toSorted(comparePaths).reverse()) {
      await breathe();
      const done = attempt(path, refusals, () => {
        const directory = holder.hold(parentOf(path));
        try {
          directory.unlink(nameOf(path));
        } catch (error) {
          // unlink(2) of a directory: EISDIR on Linux, EPERM elsewhere.
          if (errnoOf(error) !== 'EISDIR') throw error;
          directory.rmdir(nameOf(path));
        }
      });
      if (done) removed += 1;
    }
  } finally {
    holder.close();
  }
  return removed;
}

/** Makes directories that are missing, parents first. Their attributes come at the end, out of the archive. */
export function makeDirectories(
  root: TreeRoot,
  missing: readonly Entry[],
  refusals: Refusals,
): void {
  const holder = makeHolder(root);
  try {
    for (const { path, mode, uid, gid } of missing) {
      attempt(path, refusals, () => {
        const directory = holder.hold(parentOf(path));
        directory.makeDirectory(nameOf(path), { mode: mode & 0o755, uid, gid });
      });
    }
  } finally {
    holder.close();
  }
}

/** Renames staged files over what has their places now. */
export async function moveIntoPlace(
  root: TreeRoot,
  stages: Stages,
  entries: readonly Entry[],
  refusals: Refusals,
): Promise<void> {
  const breathe = makeBreathe();
  const holder = makeHolder(root);
  try {
    for (const { path } of entries) {
      await breathe();
      const directory = parentOf(path);
      attempt(path, refusals, () => {
        holder.hold(directory).moveHere(stagedPath(stages.of(directory), path), nameOf(path));
      });
    }
  } finally {
    holder.close();
  }
}

/** Something is in it, something is mounted on it, or it is gone already: that is how it stays. */
const AS_IT_SHOULD_BE = ['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EBUSY'];

/** What the operating system refuses is told at the end; what nobody foresaw is thrown. */
export function attempt(path: BytePath, refusals: Refusals, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof DirectoryMoved) {
      refusals.push(`${toText(path)} was not touched, because ${error.message}.`);
      return false;
    }
    const code = errnoOf(error);
    if (code === undefined || code === 'ENOSPC') throw error;
    if (AS_IT_SHOULD_BE.includes(code)) return false;
    refusals.push(`${toText(path)} could not be changed: ${code}.`);
    return false;
  }
}
