import { createHash } from 'node:crypto';
import { access, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { machineAptSettings, type AptSettings } from './apt-settings.ts';
import { findMirrors, type Archive, type Mirrors } from './mirrors.ts';
import { runOrThrow, runWithProgress } from './run.ts';

/**
 * The root file system that every lab host begins with. It is built from the main archive alone, so
 * that every update which the security archive has published since then is pending on it.
 */

/**
 * No kernel: a container boots the machine's, and leaving it out keeps upgrades short. Everything
 * else is what a small server has; perl, nginx, openssl and libxml2 get security updates often.
 */
const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'init-system-helpers',
  'procps',
  'iproute2',
  'rsyslog',
  'unattended-upgrades',
  'ca-certificates',
  'openssl',
  'perl',
  'libxml2',
  'nginx',
  'curl',
  'zstd',
] as const;

/** Raised when the way in which the root is made changes, so that no old one is taken. */
const RECIPE_VERSION = 1;

/** Takes half a minute; a slow mirror may need longer, a stuck one shall not hold for ever. */
const BUILD_TIMEOUT_MS = 15 * 60_000;

export type Rootfs = { path: string; mirrors: Mirrors };

/**
 * The cached root, built first where there is none for this recipe, release and point release.
 * The point release counts because after it the main archive offers updates that are no security
 * updates, and a host that has hundreds pending makes every cycle slow.
 */
export async function ensureRootfs(progress: (line: string) => void): Promise<Rootfs> {
  const mirrors = await findMirrors(progress);
  const settings = await machineAptSettings();
  const path = join(cacheDirectory(), 'lab', `root-${recipeKey(mirrors, settings)}`);
  if (await isComplete(path)) return { path, mirrors };
  progress(
    `building the root file system of lab hosts (${mirrors.codename}, about half a minute, once)`,
  );
  await build(path, mirrors, settings, progress);
  return { path, mirrors };
}

/** `$PATCHCYCLE_CACHE`, else `.cache` in the clone. */
function cacheDirectory(): string {
  return resolve(
    process.env['PATCHCYCLE_CACHE'] ?? join(import.meta.dirname, '..', '..', '.cache'),
  );
}

function recipeKey(mirrors: Mirrors, settings: AptSettings): string {
  const { main } = mirrors.archives;
  const recipe = JSON.stringify([
    RECIPE_VERSION,
    PACKAGES,
    mirrors.distribution,
    mirrors.codename,
    main,
    settings,
  ]);
  return `${mirrors.codename}-${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}`;
}

/** Only a directory that was finished gets its final name; the marker file says it outright. */
async function isComplete(path: string): Promise<boolean> {
  try {
    await access(join(path, 'etc', 'os-release'));
    return true;
  } catch {
    return false;
  }
}

async function build(
  path: string,
  mirrors: Mirrors,
  settings: AptSettings,
  progress: (line: string) => void,
): Promise<void> {
  const parent = dirname(path);
  // Nobody but root may walk in: the tree holds set-user-ID programs that get no updates.
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const unfinished = `${path}.unfinished-${process.pid}`;
  try {
    await runWithProgress(bootstrapArgv(unfinished, mirrors, settings), progress, BUILD_TIMEOUT_MS);
    await finish(unfinished, settings);
    await takePlace(unfinished, path);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function bootstrapArgv(
  target: string,
  mirrors: Mirrors,
  settings: AptSettings,
): [string, ...string[]] {
  return [
    'mmdebstrap',
    '--mode=root',
    '--variant=minbase',
    '--format=directory',
    '--aptopt=Acquire::Languages "none"',
    ...settings.lines.map((line) => `--aptopt=${line}`),
    `--include=${PACKAGES.join(',')}`,
    mirrors.codename,
    target,
    sourcesLine(mirrors.archives.main),
  ];
}

/** One line of sources.list. */
export function sourcesLine(archive: Archive, option = ''): string {
  return `deb ${option}${archive.uri} ${archive.suite} ${archive.components.join(' ')}`;
}

/** Takes out what belongs to this machine or to the building, and puts in what reaching the mirrors needs. */
async function finish(root: string, settings: AptSettings): Promise<void> {
  await rm(join(root, 'etc/machine-id'), { force: true });
  await writeFile(join(root, 'etc/machine-id'), '', { mode: 0o444 });
  await rm(join(root, 'etc/ssh'), { recursive: true, force: true });
  for (const path of settings.copies) {
    await cp(path, join(root, path), { recursive: true, dereference: true });
  }
  if (settings.copies.includes('/usr/local/share/ca-certificates')) {
    await runOrThrow(['chroot', root, 'update-ca-certificates']);
  }
  const release = await readFile(join(root, 'etc/os-release'), 'utf8');
  if (!release.includes('VERSION_CODENAME='))
    throw new Error(`${root} is no complete root file system`);
}

/** Another run may have been quicker with the same root; then that one is used. */
async function takePlace(unfinished: string, path: string): Promise<void> {
  try {
    await rename(unfinished, path);
  } catch (error) {
    if (!(await isComplete(path))) throw error;
  }
}
