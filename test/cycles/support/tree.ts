import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Whoever opens one of SQLite's databases, if only to read, makes this beside it. */
const SHARED_MEMORY = /\.sqlite-shm$/;

/** Trees that an update may touch and a restore must bring back. Logs, caches and spools are not among them. */
const COMPARED = ['/etc', '/usr', '/boot', '/opt'];

/**
 * What lies below a lab host's root, one line a path: type, mode, owner, and content or target, with
 * what the host's package tools keep about packages in `databases`. It is read from outside and by other code than the product's own manifest, so that it can prove it.
 */
export async function readTree(
  root: string,
  databases: readonly string[],
): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  for (const path of [...COMPARED, ...databases]) await walk(root, path, entries);
  return entries;
}

/** Paths that differ between two trees, with what they were and are. */
export function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path}: ${before.get(path) ?? 'absent'} -> ${after.get(path) ?? 'absent'}`);
}

async function walk(root: string, path: string, entries: Map<string, string>): Promise<void> {
  const real = join(root, path);
  const stats = await lstat(real).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (stats === null || path === '/opt/patchcycle' || SHARED_MEMORY.test(path)) return;
  const owner = `${(stats.mode & 0o7777).toString(8)} ${stats.uid}:${stats.gid}`;
  if (stats.isSymbolicLink()) {
    entries.set(path, `link ${await readlink(real)}`);
  } else if (stats.isDirectory()) {
    entries.set(path, `directory ${owner}`);
    for (const name of (await readdir(real)).sort()) await walk(root, join(path, name), entries);
  } else if (stats.isFile()) {
    const hash = createHash('sha256')
      .update(await readFile(real))
      .digest('hex');
    entries.set(path, `file ${owner} ${stats.size} ${hash}`);
  } else {
    entries.set(path, `other ${owner}`);
  }
}
