import { readdirSync } from 'node:fs';
import { errnoOf } from '../host/errno.ts';
import { parentOf, type BytePath } from './byte-path.ts';
import type { Entry } from './entry.ts';
import { membership, type Scope } from './scope.ts';
import { onDisk, type TreeRoot } from './tree-root.ts';

/**
 * A function that notes with a directory how many of the names in it the backup does not cover,
 * see {@link Entry.others}. In a tree that is none by definition.
 */
export function makeOthersCounter(
  root: TreeRoot,
  scope: Scope,
  paths: readonly BytePath[],
): (entry: Entry) => void {
  const isInTree = membership(scope.trees);
  const covered = new Map<BytePath, number>();
  for (const path of paths) {
    const directory = parentOf(path);
    if (path !== directory) covered.set(directory, (covered.get(directory) ?? 0) + 1);
  }
  return (entry) => {
    if (entry.type !== 'directory' || isInTree(entry.path)) return;
    const others = countNames(root, entry.path) - (covered.get(entry.path) ?? 0);
    if (others > 0) entry.others = others;
  };
}

function countNames(root: TreeRoot, directory: BytePath): number {
  try {
    return readdirSync(onDisk(root, directory)).length;
  } catch (error) {
    // It went away since tar saw it.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return 0;
    throw error;
  }
}
