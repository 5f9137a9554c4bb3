import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { machineAptSettings } from './apt-settings.ts';
import { bootstrap, recipe } from './bootstrap.ts';
import { debHost } from './deb/host-format.ts';
import { findMirrors, type Mirrors } from './mirrors.ts';
import type { Format, HostFormat } from './package-format.ts';
import { rpmHost } from './rpm/host-format.ts';

/** The cache of root file systems: 300 MB each, one for each recipe, release and point release. */

/** Roots that were not used for so long belong to an old recipe or release. */
const UNUSED_MAX_MS = 30 * 24 * 3_600_000;
/** No building takes that long: such a directory is what a killed one left behind. */
const UNFINISHED_MAX_MS = 3_600_000;

const FORMATS: Record<Format, HostFormat> = { deb: debHost, rpm: rpmHost };

export type Rootfs = { path: string; mirrors: Mirrors; format: HostFormat };

const known = new Map<Format, Promise<Rootfs>>();

/**
 * The cached root, built first where there is none. The point release is part of its name because
 * after one the main archive offers updates that are no security updates, and a host that has
 * hundreds pending makes every cycle slow. A process asks for it once.
 */
export async function ensureRootfs(
  name: Format,
  progress: (line: string) => void,
): Promise<Rootfs> {
  const asked = known.get(name) ?? findOrBuild(name, progress);
  known.set(name, asked);
  try {
    return await asked;
  } catch (error) {
    known.delete(name);
    throw error;
  }
}

async function findOrBuild(name: Format, progress: (line: string) => void): Promise<Rootfs> {
  const format = FORMATS[name];
  const mirrors = await findMirrors(progress);
  const uris = Object.values(mirrors.archives).map(({ uri }) => uri);
  const settings = await machineAptSettings(uris);
  const key = createHash('sha256')
    .update(recipe(mirrors, settings, format))
    .digest('hex')
    .slice(0, 12);
  const path = join(cacheDirectory(), 'lab', `root-${mirrors.codename}-${name}-${key}`);
  if (!(await exists(path))) {
    progress(
      `building the root file system of lab hosts (${mirrors.codename}, .${name}), half a minute, once`,
    );
    await mkdir(cacheDirectory(), { recursive: true });
    // Nobody but root may walk in: the tree holds set-user-ID programs that get no updates.
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await removeOld(dirname(path));
    const unfinished = `${path}.unfinished-${process.pid}`;
    try {
      await bootstrap(unfinished, mirrors, settings, format, progress);
      await takePlace(unfinished, path);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  const now = new Date();
  await utimes(path, now, now);
  return { path, mirrors, format };
}

/** `$PATCHCYCLE_CACHE`, else `.cache` in the clone. */
function cacheDirectory(): string {
  return resolve(process.env['PATCHCYCLE_CACHE'] ?? join(import.meta.dirname, '../../.cache'));
}

/** Only a root that was finished gets its final name. */
async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Another run may have been quicker with the same root; then that one is used. */
async function takePlace(unfinished: string, path: string): Promise<void> {
  try {
    await rename(unfinished, path);
  } catch (error) {
    if (!(await exists(path))) throw error;
  }
}

async function removeOld(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith('root-')) continue;
    const path = join(directory, name);
    const ageMs = Date.now() - (await stat(path)).mtimeMs;
    const ageMaxMs = name.includes('.unfinished-') ? UNFINISHED_MAX_MS : UNUSED_MAX_MS;
    if (ageMs > ageMaxMs) await rm(path, { recursive: true, force: true });
  }
}
