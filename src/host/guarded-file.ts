import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { StepFailure } from '../domain/failure.ts';
import { errnoOf } from './errno.ts';

const GROUP_OR_WORLD_WRITE = 0o022;

/** A configuration of one host has a few hundred bytes. */
const SIZE_BYTES_MAX = 1024 * 1024;

/**
 * The text of a file that decides what a host allows. Only the agent's own user (root) may be able
 * to write it. Fails with `HostRefuses` on a symbolic link, another owner, write access for group
 * or world, anything but a regular file, or no file; then its remedy is `howToMake`.
 */
export async function readGuardedFile(path: string, howToMake: string): Promise<string> {
  const file = await openWithoutFollowing(path, howToMake);
  try {
    const entry = await file.stat();
    const own = process.getuid?.() ?? 0;
    if (!entry.isFile()) throw refusal(path, 'is not a regular file');
    if (entry.uid !== own) throw refusal(path, `belongs to the user with the number ${entry.uid}`);
    if ((entry.mode & GROUP_OR_WORLD_WRITE) !== 0) throw refusal(path, 'can be written by others');
    if (entry.size > SIZE_BYTES_MAX) throw refusal(path, `has ${entry.size} bytes`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function openWithoutFollowing(path: string, howToMake: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') throw refusal(path, 'is a symbolic link');
    if (errnoOf(error) === 'ENOENT') throw missing(path, howToMake);
    if (errnoOf(error) === 'ENOTDIR') throw refusal(path, 'lies in something that is no directory');
    if (errnoOf(error) === 'ENXIO') throw refusal(path, 'is no regular file');
    throw error;
  }
}

function refusal(path: string, what: string): StepFailure {
  return new StepFailure('HostRefuses', `${path} is not used: it ${what}.`, {
    remedy: `It decides what patchcycle may do on this host, so only root may write it: chown root:root ${path}; chmod 0644 ${path}.`,
  });
}

function missing(path: string, howToMake: string): StepFailure {
  return new StepFailure('HostRefuses', `${path} does not exist.`, { remedy: howToMake });
}
