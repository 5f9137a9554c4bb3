import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../host/errno.ts';
import type { PackageFile } from './file-lists.ts';

/** rpm unpacks `web` as `web;6a1f00c2`, the transaction's time in hexadecimal digits, and renames it. */
const UNPACKING = /^(.+);[0-9a-f]{8}$/;

/** Removes what a run that was cut off has left of these files under rpm's own names. */
export async function removeLeftovers(files: readonly PackageFile[]): Promise<void> {
  const paths = new Set(files.filter(({ isDirectory }) => !isDirectory).map(({ path }) => path));
  for (const directory of new Set([...paths].map((path) => dirname(path)))) {
    for (const name of await namesIn(directory)) {
      const [, ownName] = UNPACKING.exec(name) ?? [];
      if (ownName === undefined || !paths.has(join(directory, ownName))) continue;
      await rm(join(directory, name), { force: true });
    }
  }
}

/** None where the run has not come to make the directory. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
