import { readdir, stat } from 'node:fs/promises';
import { StepFailure } from '../../domain/failure.ts';
import type { FileSystemSpace } from '../../domain/facts.ts';
import type { Change } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import { readSpace, spaceFor } from '../../host/space.ts';
import type { HostTools } from '../../host/tools.ts';
import type { SpaceNeed } from '../port.ts';
import { readListedVersions } from './listed-versions.ts';
import { remedyFor } from './remedies.ts';
import { keyOf, packageStates } from './states.ts';

/** Left free on every file system, so that the host's own services do not meet a full one. */
const ROOM_LEFT_BYTES = 64 * 1024 * 1024;

/** A kernel image with its initial file system, where there is no other to compare with. */
const KERNEL_BOOT_BYTES = 100 * 1024 * 1024;

const KERNEL = /^linux-image-\d/;

/**
 * Fails with `NotEnoughSpace`, naming every file system that is too small for the archives that are
 * still missing and for what they unpack to. Looked at before anything is downloaded: an update
 * that runs full half-way is the dearest way to find out.
 */
export async function requireRoom(
  tools: HostTools,
  input: {
    changes: readonly Change[];
    missing: readonly Change[];
    directory: string;
    more?: readonly SpaceNeed[];
  },
): Promise<void> {
  const needs = [
    { path: input.directory, bytes: sum(input.missing.map(sizeOf)), what: 'the archives' },
    {
      path: '/usr',
      bytes: await unpackedBytes(tools, input.changes),
      what: 'the unpacked packages',
    },
    { path: '/boot', bytes: await bootBytes(input.changes), what: 'kernels' },
    ...(input.more ?? []),
  ];
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

/** What the packages grow by, and once the largest of them: dpkg unpacks it beside the old one. */
async function unpackedBytes(tools: HostTools, changes: readonly Change[]): Promise<number> {
  const listed = await readListedVersions(tools, changes);
  const states = await packageStates(tools);
  const installed = new Map(states.map((state) => [keyOf(state), state.installedBytes]));
  const sizes = changes.map((change) => ({
    after: listed.get(change)?.installedBytes ?? 0,
    before: change.oldVersion === null ? 0 : (installed.get(keyOf(change)) ?? 0),
  }));
  const growth = sizes.map(({ after, before }) => Math.max(0, after - before));
  return sum(growth) + Math.max(0, ...sizes.map(({ after }) => after));
}

/** The image, and the initial file system that its package generates, are as large as those that are there. */
async function bootBytes(changes: readonly Change[]): Promise<number> {
  const kernels = changes.filter(({ name }) => KERNEL.test(name));
  if (kernels.length === 0) return 0;
  const names: string[] = await orIfMissing(readdir('/boot'), []);
  const largest = async (pattern: RegExp): Promise<number> => {
    const found = names.filter((name) => pattern.test(name)).map((name) => stat(`/boot/${name}`));
    return Math.max(0, ...(await Promise.all(found)).map(({ size }) => size));
  };
  const each = (await largest(/^vmlinu[xz]-/)) + (await largest(/^initrd\.img-/));
  return kernels.length * (each === 0 ? KERNEL_BOOT_BYTES : each);
}

function sizeOf({ sizeBytes }: Change): number {
  return sizeBytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_000_000);
}
