import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from './errno.ts';

/** root's alone: nothing that patchcycle writes on a host is for others. */
const DEFAULT_MODE = 0o600;

/**
 * Replaces a file so that, whatever crashes, either the old or the new content is there: written
 * beside it, synced, renamed, and the directory synced. Throws the operating system's error.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  mode: number = DEFAULT_MODE,
): Promise<void> {
  await withTemporary(path, content, mode, (temporary) => rename(temporary, path));
}

/**
 * Creates a file with its whole content at once, and answers whether this call created it: of many
 * callers exactly one is told yes, and no reader ever sees a part of the content. `link` refuses
 * an existing name, and follows no symbolic link there.
 */
export async function createFileExclusively(
  path: string,
  content: string | Uint8Array,
  mode: number = DEFAULT_MODE,
): Promise<boolean> {
  return withTemporary(path, content, mode, async (temporary) => {
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

async function withTemporary<T>(
  path: string,
  content: string | Uint8Array,
  mode: number,
  place: (temporary: string) => Promise<T>,
): Promise<T> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    await writeSynced(temporary, content, mode);
    const result = await place(temporary);
    await syncDirectory(directory);
    return result;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeSynced(
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  // `wx` fails on anything that is there already, so that no planted link is written through.
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes what was created, renamed or deleted in a directory survive a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
