import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfMissing } from '../../host/errno.ts';

/** Almost every configuration file lies here, and the few others belong to no server's package. */
const PLACE = '/etc';

/**
 * Versions of configuration files that are not in use, by path: `endings` are those under which the
 * package tools leave them. The value is different when a later run has left a new file at the same path.
 */
export async function readLeftAside(endings: readonly string[]): Promise<Record<string, string>> {
  const entries = await readdir(PLACE, { recursive: true, withFileTypes: true });
  const found: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile() || !endings.some((ending) => entry.name.endsWith(ending))) continue;
    const path = join(entry.parentPath, entry.name);
    const stats = await orIfMissing(lstat(path), null);
    if (stats !== null) found[path] = `${stats.ino} ${stats.size} ${stats.ctimeMs}`;
  }
  return found;
}

/** Paths that were not left aside before, sorted. */
export function newlyLeftAside(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  return Object.keys(now)
    .filter((path) => before[path] !== now[path])
    .toSorted();
}
