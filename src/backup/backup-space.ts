import { statfs } from 'node:fs/promises';
import { StepFailure } from '../domain/failure.ts';
import type { SpaceNeed } from '../packages/port.ts';
import { makeBreathe } from './breathe.ts';
import { asBytePath, isWithin, type BytePath } from './byte-path.ts';
import { listScope } from './list-tree.ts';
import { look } from './look.ts';
import { readMounts } from './mounts.ts';
import type { Scope } from './scope.ts';
import type { TreeRoot } from './tree-root.ts';

/** One member's headers in the archive, and its line in the manifest. */
const BYTES_PER_ENTRY = 2 * 1024;

/** What a backup leaves free in any case: the host goes on working beside it. */
const RESERVE_BYTES = 64 * 1024 * 1024;

/** Files that a backup consists of, and those written on the way to them. */
const INODES = 16;

/**
 * What a backup of these paths takes at most: the archive as if nothing could be compressed, since
 * kernels and their initial disks hardly can. Holes do not count.
 */
export async function estimateBackupBytes(
  root: TreeRoot,
  paths: readonly BytePath[],
): Promise<number> {
  const breathe = makeBreathe();
  const seen = new Set<string>();
  let bytes = 0;
  for (const path of paths) {
    await breathe();
    const found = look(root, path);
    if (found === null) continue;
    bytes += BYTES_PER_ENTRY;
    if (!found.isFile()) continue;
    if (found.nlink > 1) {
      const identity = `${found.dev}:${found.ino}`;
      if (seen.has(identity)) continue;
      seen.add(identity);
    }
    bytes += Math.min(found.size, found.blocks * 512 + 4096);
  }
  return bytes;
}

/** Where packages have nearly all of their files. */
const PACKAGE_FILES = asBytePath('/usr');

/**
 * What a backup of this scope below `directory` needs, and beside it a restore, which writes the
 * packages' old files next to the new ones. Other files are few, or hardly ever change with an
 * update, and a restore that lacks room for them deletes first what was added.
 */
export async function backupNeeds(
  root: TreeRoot,
  scope: Scope,
  directory: string,
): Promise<SpaceNeed[]> {
  const paths = await listScope(root, scope, readMounts());
  const ofPackages = scope.paths.filter((path) => isWithin(path, PACKAGE_FILES));
  return [
    { path: directory, bytes: await estimateBackupBytes(root, paths), what: 'the backup' },
    {
      path: PACKAGE_FILES,
      bytes: await estimateBackupBytes(root, ofPackages),
      what: 'the files of a restore',
    },
  ];
}

/**
 * Refuses when a backup of `bytes` bytes would fill the file system of `directory`.
 * Fails with `NotEnoughSpace`, with the figures.
 */
export async function requireBackupSpace(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize, files, ffree } = await statfs(directory);
  const freeBytes = bavail * bsize;
  const needed = bytes + RESERVE_BYTES;
  if (freeBytes < needed) {
    throw new StepFailure(
      'NotEnoughSpace',
      `The backup in ${directory} needs ${mebibytes(needed)} MiB, and ${mebibytes(freeBytes)} MiB are free there. Nothing was changed on the host.`,
      {
        remedy: `Free ${mebibytes(needed - freeBytes)} MiB on the file system of ${directory} (df ${directory}; old kernels and the package tool's downloads give the most), or put /var/lib/patchcycle on a larger one, and start the cycle again.`,
      },
    );
  }
  // File systems without a fixed number of inodes say 0 of 0.
  if (files > 0 && ffree < INODES) {
    throw new StepFailure(
      'NotEnoughSpace',
      `The file system of ${directory} has ${ffree} inodes left, and the backup needs ${INODES}. Nothing was changed on the host.`,
      {
        remedy: `Delete files that nobody needs there (df -i ${directory}), and start the cycle again.`,
      },
    );
  }
}

/** Rounded up, so that what is asked for is never too little. */
export function mebibytes(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}
