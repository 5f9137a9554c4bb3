import type { FileSystemSpace } from '../domain/facts.ts';
import { spaceFor } from './space.ts';

const MB = 1_000_000;

/**
 * The least room with which a cycle begins at all. The exact need, archives and backup counted in,
 * is known with the plan and is checked there; a host below these has no room for any update.
 */
const FLOORS: readonly { path: string; freeBytes: number }[] = [
  // dpkg unpacks beside the old files, and a kernel with its modules takes 100 to 200 MB.
  { path: '/', freeBytes: 200 * MB },
  // Archives, backup and package lists.
  { path: '/var', freeBytes: 500 * MB },
];

/** A kernel package alone has about 4,500 files. */
const FREE_INODES_MIN = 5_000;

/** One sentence for each file system that is too full to begin; empty when all have room. */
export function spaceShortages(spaces: readonly FileSystemSpace[]): string[] {
  const shortages = FLOORS.flatMap(({ path, freeBytes }) => {
    const space = spaceFor(spaces, path);
    if (space === undefined || space.freeBytes >= freeBytes) return [];
    return [
      `${space.mountPoint} has ${inMegabytes(space.freeBytes)} free, and ${path} needs ${inMegabytes(freeBytes)} at least`,
    ];
  });
  const inodes = spaces
    .filter(({ countsInodes, freeInodes }) => countsInodes && freeInodes < FREE_INODES_MIN)
    // A boot partition of its own takes four files a kernel.
    .filter(({ mountPoint }) => !mountPoint.startsWith('/boot'))
    .map(
      ({ mountPoint, freeInodes }) =>
        `${mountPoint} has ${freeInodes} free inodes, and ${FREE_INODES_MIN} are needed at least`,
    );
  return [...shortages, ...inodes];
}

function inMegabytes(sizeBytes: number): string {
  return `${Math.floor(sizeBytes / MB)} MB`;
}
