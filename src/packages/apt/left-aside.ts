import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfMissing } from '../../host/errno.ts';

/**
 * Endings under which dpkg and ucf leave the version of a configuration file that is not in use:
 * the package's (`.dpkg-dist`, `.ucf-dist`) or the administrator's (`.dpkg-old`, `.ucf-old`).
 */
const ENDINGS = ['.dpkg-dist', '.dpkg-old', '.ucf-dist', '.ucf-old', '.ucf-new'];

/** Almost every configuration file lies here, and the few others belong to no server's package. */
const PLACE = '/etc';

/**
 * Files that were left aside, by path. The value is different when a later run has left a new file
 * at the same path.
 */
export async function readLeftAside(): Promise<Record<string, string>> {
  const entries = await readdir(PLACE, { recursive: true, withFileTypes: true });
  const found: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile() || !ENDINGS.some((ending) => entry.name.endsWith(ending))) continue;
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
