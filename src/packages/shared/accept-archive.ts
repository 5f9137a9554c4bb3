import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { errnoOf } from '../../host/errno.ts';
import { archivePath } from './archives.ts';
import { remedyFor } from './remedies.ts';

/**
 * Takes an archive over into the trusted directory when it is the one that the plan names, and
 * removes it from `incoming`. That directory must be seized: what is in it was made by another user,
 * who may have put a link there and may still be writing. So no link is followed, and what is kept
 * is a copy that nobody has ever had open, hashed while it is made.
 * Fails with `HashMismatch`, and leaves nothing in the trusted directory then.
 */
export async function acceptArchive(
  change: Change,
  incoming: string,
  directory: string,
): Promise<void> {
  const source = join(incoming, change.archive);
  const temporary = join(directory, `.${change.archive}.${randomBytes(8).toString('hex')}.tmp`);
  const from = await openArchive(change, source);
  try {
    await requireLikely(change, from);
    const sha256 = await copyHashed(from, temporary, change.sizeBytes);
    if (sha256 !== change.sha256) {
      throw refused(change, `has the SHA-256 ${sha256}, the plan names ${change.sha256}`);
    }
    await rename(temporary, archivePath(change, directory));
  } finally {
    await from.close();
    await rm(temporary, { force: true });
  }
  // Two copies of all archives would need twice the room.
  await unlink(source);
}

async function openArchive(change: Change, source: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
    return await open(source, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') throw refused(change, 'is no regular file but a link');
    if (errnoOf(error) === 'ENOENT') throw refused(change, 'was not brought');
    throw error;
  }
}

/** What can be told of a file without reading it; a plan's sizes come from the same list as its hashes. */
async function requireLikely(change: Change, from: FileHandle): Promise<void> {
  const entry = await from.stat();
  if (!entry.isFile()) throw refused(change, 'is no regular file');
  if (entry.nlink !== 1) throw refused(change, `has ${entry.nlink} names`);
  if (entry.size !== change.sizeBytes) {
    throw refused(change, `has ${entry.size} bytes, the plan names ${change.sizeBytes}`);
  }
}

/** Copies `bytes` at most, also of a file that grows while it is read. Answers the copy's SHA-256. */
async function copyHashed(from: FileHandle, path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const to = await open(path, 'wx', 0o644);
  try {
    // A size of 0 has no last byte that could be named.
    const reading = { autoClose: false, start: 0, end: Math.max(0, bytes - 1) };
    for await (const chunk of from.createReadStream(reading)) {
      hash.update(chunk as Buffer);
      await to.writeFile(chunk as Buffer);
    }
    // Whatever the process's umask is: the package tools may read it here as a user of their own.
    await to.chmod(0o644);
  } finally {
    await to.close();
  }
  return hash.digest('hex');
}

function refused(change: Change, what: string): StepFailure {
  return new StepFailure('HashMismatch', `${change.archive} ${what}`, {
    remedy: remedyFor('HashMismatch'),
  });
}
