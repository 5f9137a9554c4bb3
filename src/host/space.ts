import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FileSystemSpace } from '../domain/facts.ts';
import { orIfMissing } from './errno.ts';

/**
 * Free room on every file system that holds one of these paths, each named once by its mount
 * point. Of a path that does not exist yet its nearest directory counts.
 * Room is what an ordinary user would get: what is reserved for root stays in reserve.
 */
export async function readSpace(paths: readonly string[]): Promise<FileSystemSpace[]> {
  const spaces = new Map<string, FileSystemSpace>();
  for (const path of paths) {
    const mountPoint = await mountPointOf(await nearestExisting(resolve(path)));
    if (spaces.has(mountPoint)) continue;
    const { bavail, bsize, files, ffree } = await statfs(mountPoint);
    spaces.set(mountPoint, {
      mountPoint,
      freeBytes: bavail * bsize,
      freeInodes: ffree,
      countsInodes: files > 0,
    });
  }
  return [...spaces.values()];
}

async function nearestExisting(path: string): Promise<string> {
  const exists = (await orIfMissing(stat(path), null)) !== null;
  return exists || path === '/' ? path : nearestExisting(dirname(path));
}

/** Climbs until the device changes. */
async function mountPointOf(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path) return path;
  const [own, above] = await Promise.all([stat(path), stat(parent)]);
  return own.dev === above.dev ? mountPointOf(parent) : path;
}

/**
 * The file system of the list on which this path lies: the one with the longest mount point above
 * it. Undefined only when the list has no root.
 */
export function spaceFor(
  spaces: readonly FileSystemSpace[],
  path: string,
): FileSystemSpace | undefined {
  return spaces
    .filter(({ mountPoint }) => mountPoint === '/' || `${path}/`.startsWith(`${mountPoint}/`))
    .toSorted((one, other) => other.mountPoint.length - one.mountPoint.length)[0];
}
