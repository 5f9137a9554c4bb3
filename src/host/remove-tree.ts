import { chmod, lchown, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes a directory this process's alone, although another user could write to it. Its own place
 * must not be that user's. Afterwards no name in it can be changed by anybody else, not even through
 * an access list, which the mode cuts off, or by a process that has it open.
 */
export async function seizeDirectory(path: string): Promise<void> {
  // The owner comes first: who owns a directory can take back any mode.
  await lchown(path, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await chmod(path, 0o700);
}

/**
 * Removes a directory into which another user could write, with all that is in it. What `rm` does
 * is not enough there: between its look at a directory and its way into it, that user could put a
 * symbolic link to root's files into the place. Here each directory is seized before it is read.
 * Throws the operating system's error, `ENOENT` where there is none.
 */
export async function removeSeized(path: string): Promise<void> {
  await seizeDirectory(path);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    await (entry.isDirectory() ? removeSeized(inside) : unlink(inside));
  }
  await rmdir(path);
}
