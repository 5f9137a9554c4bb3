import type { Change } from '../../domain/plan.ts';
import type { CommandResult, HostTools } from '../../host/tools.ts';
import type { SpaceNeed } from '../port.ts';
import { archivePath } from '../shared/archives.ts';
import { keyOf } from '../shared/key-of.ts';
import { inPortions } from '../shared/portions.ts';
import { bootBytes, requireSpace, sum, unpackedBytes } from '../shared/room.ts';
import { verdict } from '../shared/verdict.ts';
import { listInstalledBytes } from './archive-list.ts';
import type { Dialect } from './dialects/dialect.ts';
import { packageStates } from './states.ts';

/** What brings a kernel's image; its modules are packages of their own. */
const KERNEL = /^kernel(?:-[a-z0-9]+)*?(?:-core)?$/;

/**
 * Fails with `NotEnoughSpace`, naming every file system that is too small for the archives that are
 * still missing and for what they unpack to. Looked at before anything is downloaded: an update
 * that runs full half-way is the dearest way to find out.
 */
export async function requireRoom(
  tools: HostTools,
  dialect: Dialect,
  input: {
    changes: readonly Change[];
    missing: readonly Change[];
    directory: string;
    more?: readonly SpaceNeed[];
  },
): Promise<void> {
  const archivesBytes = sum(input.missing.map(({ sizeBytes }) => sizeBytes));
  const kernels = input.changes.filter(isKernel).length;
  await requireSpace([
    { path: input.directory, bytes: archivesBytes, what: 'the archives' },
    {
      path: '/usr',
      bytes: unpackedBytes(await unpackedSizes(tools, dialect, input)),
      what: 'the unpacked packages',
    },
    { path: '/boot', bytes: await bootBytes(kernels), what: 'kernels' },
    ...(input.more ?? []),
  ]);
}

async function unpackedSizes(
  tools: HostTools,
  dialect: Dialect,
  { changes, missing, directory }: Parameters<typeof requireRoom>[2],
): Promise<{ before: number; after: number }[]> {
  const states = await packageStates(tools);
  const there = changes.filter((change) => !missing.includes(change));
  const sizes = new Map([
    ...(await listedSizes(tools, dialect, missing)),
    ...(await archiveSizes(tools, there, directory)),
  ]);
  return changes.map((change) => {
    const old = states.find(
      (state) => keyOf(state) === keyOf(change) && state.version === change.oldVersion,
    );
    return { after: sizes.get(change) ?? 0, before: old?.installedBytes ?? 0 };
  });
}

async function listedSizes(
  tools: HostTools,
  dialect: Dialect,
  changes: readonly Change[],
): Promise<Map<Change, number>> {
  const versions = changes.map((change) => ({ ...change, repository: change.origin }));
  const listed = await listInstalledBytes(tools, dialect, versions);
  return new Map(changes.map((change) => [change, listed.get(keyOf(change)) ?? 0]));
}

async function archiveSizes(
  tools: HostTools,
  changes: readonly Change[],
  directory: string,
): Promise<Map<Change, number>> {
  const sizes = new Map<Change, number>();
  for (const portion of inPortions(changes)) {
    const words = ['--query', '--nosignature', '--queryformat', '%{LONGSIZE}\\n', '--package'];
    const paths = portion.map((change) => archivePath(change, directory));
    const result = await tools.run(['rpm', ...words, '--', ...paths]);
    if (result.exitCode !== 0) throw unreadable(result);
    // A line for each, in their order.
    const lines = result.stdout.trim().split('\n');
    portion.forEach((change, index) => sizes.set(change, Number(lines[index])));
  }
  return sizes;
}

function unreadable(result: CommandResult): Error {
  return verdict(
    'HashMismatch',
    'rpm cannot read the downloaded archives',
    result,
    'Nothing was installed. Have the mirror cleaned, then start the cycle again.',
  );
}

function isKernel({ name, oldVersion }: Change): boolean {
  return oldVersion === null && KERNEL.test(name);
}
