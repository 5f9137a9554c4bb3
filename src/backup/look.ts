import { lstatSync, type BigIntStats, type Stats } from 'node:fs';
import { errnoOf } from '../host/errno.ts';
import type { BytePath } from './byte-path.ts';
import { onDisk, type TreeRoot } from './tree-root.ts';

/** What is at a path, the last part not followed; null when there is nothing. */
export function look(root: TreeRoot, path: BytePath): Stats | null {
  return orNothing(() => lstatSync(onDisk(root, path), { throwIfNoEntry: false }));
}

/** The same with times in nanoseconds. */
export function lookClosely(root: TreeRoot, path: BytePath): BigIntStats | null {
  return orNothing(() => lstatSync(onDisk(root, path), { throwIfNoEntry: false, bigint: true }));
}

function orNothing<T>(lookUp: () => T | undefined): T | null {
  try {
    return lookUp() ?? null;
  } catch (error) {
    // A file stands where the path wants a directory.
    if (errnoOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}
