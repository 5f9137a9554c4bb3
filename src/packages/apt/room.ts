import type { Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import type { SpaceNeed } from '../port.ts';
import { keyOf } from '../shared/key-of.ts';
import { bootBytes, requireSpace, sum, unpackedBytes } from '../shared/room.ts';
import { readListedVersions } from './listed-versions.ts';
import { packageStates } from './states.ts';

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
  const archivesBytes = sum(input.missing.map(({ sizeBytes }) => sizeBytes));
  const kernels = input.changes.filter(({ name }) => KERNEL.test(name)).length;
  await requireSpace([
    { path: input.directory, bytes: archivesBytes, what: 'the archives' },
    {
      path: '/usr',
      bytes: unpackedBytes(await unpackedSizes(tools, input.changes)),
      what: 'the unpacked packages',
    },
    { path: '/boot', bytes: await bootBytes(kernels), what: 'kernels' },
    ...(input.more ?? []),
  ]);
}

async function unpackedSizes(
  tools: HostTools,
  changes: readonly Change[],
): Promise<{ before: number; after: number }[]> {
  const listed = await readListedVersions(tools, changes);
  const states = await packageStates(tools);
  const installed = new Map(states.map((state) => [keyOf(state), state.installedBytes]));
  return changes.map((change) => ({
    after: listed.get(change)?.installedBytes ?? 0,
    before: change.oldVersion === null ? 0 : (installed.get(keyOf(change)) ?? 0),
  }));
}
