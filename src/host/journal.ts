import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from './atomic-file.ts';
import { orIfMissing } from './errno.ts';
import { openStateDirectory } from './state-dir.ts';

/**
 * What a cycle has written down on its host's disk, so that it survives the agent, the server and
 * a power cut. Entries are JSON documents named by letters, digits and hyphens in the cycle's
 * directory, written to a temporary file, synced and renamed.
 */
export type Journal = {
  /** The cycle's directory, 0700. */
  readonly directory: string;
  /** The entry's document, or undefined when there is no such entry. Nobody has checked its shape. */
  read(name: string): Promise<unknown>;
  write(name: string, document: unknown): Promise<void>;
};

const ENTRY_NAME = /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/;

/** The largest entry is a plan: 20,000 changes of 500 bytes are 10 MB. */
const ENTRY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The journal in this directory, which is made when it is missing.
 * Fails with `HostRefuses` when the directory is not fit to hold state.
 */
export async function openJournal(directory: string): Promise<Journal> {
  const own = await openStateDirectory(directory);

  async function read(name: string): Promise<unknown> {
    const path = entryPath(own, name);
    const entry = await orIfMissing(stat(path), null);
    if (entry === null) return undefined;
    if (entry.size > ENTRY_BYTES_MAX) {
      throw new Error(
        `The journal entry ${path} has ${entry.size} bytes; patchcycle writes no such entry`,
      );
    }
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  }

  async function write(name: string, document: unknown): Promise<void> {
    const text = JSON.stringify(document ?? null, null, 1);
    if (text.length > ENTRY_BYTES_MAX) {
      throw new Error(`The journal entry ${name} would have ${text.length} characters`);
    }
    await writeFileAtomically(entryPath(own, name), text);
  }

  return { directory: own, read, write };
}

function entryPath(directory: string, name: string): string {
  if (!ENTRY_NAME.test(name)) throw new Error(`"${name}" is no name for a journal entry`);
  return join(directory, `${name}.json`);
}
