import {
  closeSync,
  constants,
  fchownSync,
  mkdirSync,
  openSync,
  readlinkSync,
  rmdirSync,
  unlinkSync,
  renameSync,
} from 'node:fs';
import { errnoOf } from '../host/errno.ts';
import { toNode, toText, type BytePath } from './byte-path.ts';
import { onDisk, type TreeRoot } from './tree-root.ts';

const OF_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** A directory is not where it belongs: something else, most likely a symbolic link, took its place. */
export class DirectoryMoved extends Error {
  override readonly name = 'DirectoryMoved';
}

/** Changes names in one directory, which is held open: nobody can put another one in its place meanwhile. */
export type HeldDirectory = {
  path: BytePath;
  /** A path that leads to this directory wherever it is moved, for this process and its children. */
  location: string;
  /** Makes a directory, or takes the one that is there, and gives it to its owner. Throws {@link DirectoryMoved} when something else is there. */
  makeDirectory(name: string, attributes: { mode: number; uid: number; gid: number }): void;
  /** Moves something from a real path to this name, over what has the name. Atomic. */
  moveHere(from: string, name: string): void;
  unlink(name: string): void;
  rmdir(name: string): void;
  close(): void;
};

/**
 * Opens a directory without following links, and makes sure that it is the one of this path. Names
 * in it are reached through /proc/self/fd, which is what openat(2) is in other languages: whoever
 * may write above the path and swaps a directory for a link to /etc gains nothing.
 *
 * Throws {@link DirectoryMoved}, and the operating system's error when nothing is there.
 */
export function holdDirectory(root: TreeRoot, path: BytePath): HeldDirectory {
  const handle = openSync(onDisk(root, path), OF_DIRECTORY);
  const own = `/proc/self/fd/${handle}`;
  const real = readlinkSync(own, 'latin1');
  if (real !== root.real(path)) {
    closeSync(handle);
    throw new DirectoryMoved(`${toText(path)} leads to ${toText(real)}`);
  }
  const at = (name: string): string | Buffer => toNode(`${own}/${name}`);
  return {
    path,
    location: `/proc/${process.pid}/fd/${handle}`,
    makeDirectory(name, attributes) {
      try {
        mkdirSync(at(name), { mode: attributes.mode });
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      giveDirectory(at(name), attributes);
    },
    moveHere: (from, name) => renameSync(toNode(from), at(name)),
    unlink: (name) => unlinkSync(at(name)),
    rmdir: (name) => rmdirSync(at(name)),
    close: () => closeSync(handle),
  };
}

/** The owner is set through the opened directory: whatever takes its name meanwhile stays as it is. */
function giveDirectory(place: string | Buffer, { uid, gid }: { uid: number; gid: number }): void {
  let handle: number;
  try {
    handle = openSync(place, OF_DIRECTORY);
  } catch (error) {
    // What open(2) says of a file and, with O_NOFOLLOW, of a link.
    if (!['ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) throw error;
    throw new DirectoryMoved('something else took its place');
  }
  try {
    if (process.getuid?.() === 0) fchownSync(handle, uid, gid);
  } finally {
    closeSync(handle);
  }
}

/** Holds one directory after the other: work is sorted by path, so the next name is mostly in the same one. */
export function makeHolder(root: TreeRoot): {
  hold(path: BytePath): HeldDirectory;
  close(): void;
} {
  let held: HeldDirectory | null = null;
  function close(): void {
    held?.close();
    held = null;
  }
  return {
    hold(path) {
      if (held?.path === path) return held;
      close();
      held = holdDirectory(root, path);
      return held;
    },
    close,
  };
}
