import { readdir, stat } from 'node:fs/promises';
import { StepFailure } from '../../domain/failure.ts';
import type { FileSystemSpace } from '../../domain/facts.ts';
import { orIfMissing } from '../../host/errno.ts';
import { readSpace, spaceFor } from '../../host/space.ts';
import type { SpaceNeed } from '../port.ts';
import { remedyFor } from './remedies.ts';

/** Left free on every file system, so that the host's own services do not meet a full one. */
const ROOM_LEFT_BYTES = 64 * 1024 * 1024;

/** A kernel image with its initial file system, where there is no other to compare with. */
const KERNEL_BOOT_BYTES = 100 * 1024 * 1024;

/** Fails with `NotEnoughSpace`, naming every file system that is too small for what is needed on it. */
export async function requireSpace(needs: readonly SpaceNeed[]): Promise<void> {
  const shortages = findShortages(needs, await readSpace(needs.map(({ path }) => path)));
  if (shortages.length === 0) return;
  throw new StepFailure('NotEnoughSpace', shortages.join('; '), {
    remedy: remedyFor('NotEnoughSpace'),
    findings: shortages,
  });
}

/** One sentence for each file system without room for all that is needed on it. */
export function findShortages(
  needs: readonly SpaceNeed[],
  spaces: readonly FileSystemSpace[],
): string[] {
  const groups = Map.groupBy(needs, ({ path }) => spaceFor(spaces, path));
  return [...groups].flatMap(([space, there]) => {
    const neededBytes = sum(there.map(({ bytes }) => bytes));
    const what = there.filter(({ bytes }) => bytes > 0).map((need) => need.what);
    if (space === undefined || neededBytes === 0) return [];
    if (space.freeBytes >= neededBytes + ROOM_LEFT_BYTES) return [];
    const needed = `${what.join(' and ')} need ${megabytes(neededBytes + ROOM_LEFT_BYTES)} MB`;
    return [`${space.mountPoint} has ${megabytes(space.freeBytes)} MB free, ${needed}`];
  });
}

/** What packages grow by on the disk, and once the largest of them: it is unpacked beside the old one. */
export function unpackedBytes(sizes: readonly { before: number; after: number }[]): number {
  const growth = sizes.map(({ after, before }) => Math.max(0, after - before));
  return sum(growth) + Math.max(0, ...sizes.map(({ after }) => after));
}

/**
 * What new kernels take in /boot: the image, and the initial file system that its package generates,
 * are as large as those that are there.
 */
export async function bootBytes(kernels: number): Promise<number> {
  if (kernels === 0) return 0;
  const names: string[] = await orIfMissing(readdir('/boot'), []);
  const largest = async (pattern: RegExp): Promise<number> => {
    const found = names.filter((name) => pattern.test(name)).map((name) => stat(`/boot/${name}`));
    return Math.max(0, ...(await Promise.all(found)).map(({ size }) => size));
  };
  const each = (await largest(/^vmlinu[xz]-/)) + (await largest(/^init(?:rd\.img|ramfs)-/));
  return kernels * (each === 0 ? KERNEL_BOOT_BYTES : each);
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}
