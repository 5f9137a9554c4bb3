import { chmod, lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Files in the root of a lab host, seen from this machine, whether the host is on or off. */

/** systemd-nspawn lays memory over these; a file written below from outside would not be seen. */
const MEMORY = ['/dev', '/proc', '/run', '/sys', '/tmp'];

/** Writes the file, making missing directories; `path` is absolute as the host sees it. */
export async function writeInRoot(
  root: string,
  path: string,
  content: string | Buffer,
  mode = 0o644,
): Promise<void> {
  const place = await placeInRoot(root, path, true);
  await writeFile(place, content, { mode });
  await chmod(place, mode);
}

export async function readInRoot(root: string, path: string): Promise<string> {
  return readFile(await placeInRoot(root, path, false), 'utf8');
}

/**
 * Where the path lies on this machine. A link in the root that leads out of it, as every absolute
 * one does when it is followed from here, is refused.
 */
async function placeInRoot(root: string, path: string, make: boolean): Promise<string> {
  if (!path.startsWith('/') || path.split('/').includes('..'))
    throw new Error(`${path} is not a path on a host`);
  const memory = MEMORY.find((directory) => path === directory || path.startsWith(`${directory}/`));
  if (memory !== undefined)
    throw new Error(`${path} lies in ${memory}, which only the running host sees; use run()`);
  const directory = join(root, dirname(path));
  if (make) await mkdir(directory, { recursive: true });
  const top = await realpath(root);
  const real = await realpath(directory);
  if (real !== top && !real.startsWith(`${top}/`))
    throw new Error(`${dirname(path)} leads out of the host's root`);
  const place = join(real, basename(path));
  if (await isLink(place)) throw new Error(`${path} is a symbolic link; name what it points to`);
  return place;
}

async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
