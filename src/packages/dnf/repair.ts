import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfMissing } from '../../host/errno.ts';
import type { HostTools } from '../../host/tools.ts';
import type { RepairInput } from '../port.ts';
import { keyOf } from '../shared/key-of.ts';
import { inPortions } from '../shared/portions.ts';
import { archiveName } from './archives.ts';
import { findDoubles, type Double } from './doubles.ts';
import { readGoodArchiveFiles } from './file-lists.ts';
import { findHalfWritten } from './half-written.ts';
import { DATABASE } from './interrupted.ts';
import { removeLeftovers } from './leftovers.ts';
import { recover, stillBroken } from './recover.ts';
import type { DnfSettings } from './settings.ts';

/**
 * See {@link PackageManager.repair} of the port. What is there twice is completed, and the package
 * that was just being written; nothing else is touched.
 */
export async function repair(
  tools: HostTools,
  { lockWaitMs }: DnfSettings,
  { jobPrefix, archiveDirectories, deadlineMs }: RepairInput,
): Promise<{ repaired: string[] }> {
  const archives = await findArchives(archiveDirectories);
  const { rebuilt, broken, left } = await recover(tools, {
    jobPrefix,
    deadlineMs,
    lockWaitMs,
    findDoubles: () => findDoubles(tools),
    completion: async (doubles) => {
      const halfWritten = doubles.length === 0 ? [] : await findHalfWritten(tools, archives);
      const inPlace = [...newestArchives(doubles, archives), ...halfWritten];
      return { inPlace, beside: [], removals: [] };
    },
  });
  if (left.length > 0) throw stillBroken(left);
  if (broken.length > 0) {
    // Also of the package that was just being unpacked, which the database does not know of.
    for (const portion of inPortions([...archives.values()])) {
      await removeLeftovers(await readGoodArchiveFiles(tools, portion));
    }
  }
  const repaired = broken.map(({ newest }) => keyOf(newest));
  return { repaired: rebuilt ? [DATABASE, ...repaired] : repaired };
}

/** The archives below these directories, by name. dnf keeps those of each repository in a directory of its own. */
async function findArchives(directories: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const directory of directories) {
    const options = { recursive: true, withFileTypes: true } as const;
    for (const entry of await orIfMissing(readdir(directory, options), [])) {
      if (!entry.isFile() || !entry.name.endsWith('.rpm')) continue;
      found.set(entry.name, join(entry.parentPath, entry.name));
    }
  }
  return found;
}

function newestArchives(
  doubles: readonly Double[],
  archives: ReadonlyMap<string, string>,
): string[] {
  return doubles
    .map(({ newest }) => archives.get(archiveName({ ...newest, newVersion: newest.version })))
    .filter((path) => path !== undefined);
}
