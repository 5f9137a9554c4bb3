import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_CERTIFICATES, type AptSettings } from './apt-settings.ts';
import { sourcesLine, type Mirrors } from './mirrors.ts';
import type { HostFormat } from './package-format.ts';
import { runInRoot } from './reach.ts';
import { runWithProgress } from './run.ts';

/**
 * How the root file system of lab hosts is made: by mmdebstrap from the main archive alone, so that
 * every update which the security archive has published since then is pending on it.
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
  'logrotate',
  'ca-certificates',
  'openssl',
  'perl',
  'libxml2',
  'nginx',
  'curl',
  'zstd',
] as const;

/** Raised when {@link bootstrap} changes otherwise than by its packages, so that no old root is taken. */
const RECIPE_VERSION = 4;

/** Takes half a minute; a slow mirror may need longer, a stuck one shall not hold for ever. */
const BUILD_TIMEOUT_MS = 15 * 60_000;

/** What decides how the root comes out; equal recipes give equal roots. */
export function recipe(mirrors: Mirrors, settings: AptSettings, format: HostFormat): string {
  const { distribution, codename, archives } = mirrors;
  return JSON.stringify([
    RECIPE_VERSION,
    packagesOf(format),
    format.basePackages,
    distribution,
    codename,
    archives.main,
    settings,
  ]);
}

/** Builds the root in `target`, which must not exist. */
export async function bootstrap(
  target: string,
  mirrors: Mirrors,
  settings: AptSettings,
  format: HostFormat,
  progress: (line: string) => void,
): Promise<void> {
  const passwords = settings.copies.filter((path) => path.startsWith('/etc/apt/auth.conf'));
  await runWithProgress(
    [
      'mmdebstrap',
      '--mode=root',
      '--variant=minbase',
      '--format=directory',
      // Descriptions in other languages would be a third of every refresh.
      '--aptopt=Acquire::Languages "none"',
      ...settings.lines.map((line) => `--aptopt=${line}`),
      ...passwords.map((path) => `--setup-hook=copy-in ${path} /etc/apt`),
      `--include=${packagesOf(format).join(',')}`,
      mirrors.codename,
      target,
      sourcesLine(mirrors.archives.main),
    ],
    // apt's own user cannot enter the cache, which is root's; that is meant so.
    (line) => line.startsWith('W: Download is performed unsandboxed') || progress(line),
    BUILD_TIMEOUT_MS,
  );
  await finish(target, settings);
  await format.finishRoot(target);
}

function packagesOf(format: HostFormat): string[] {
  return [...PACKAGES, ...format.rootPackages];
}

/** Puts in what reaching the mirrors needs, and makes sure that it is a whole root. */
async function finish(root: string, settings: AptSettings): Promise<void> {
  await rm(join(root, 'etc/machine-id'), { force: true });
  await writeFile(join(root, 'etc/machine-id'), '', { mode: 0o444 });
  for (const path of settings.copies) {
    await cp(path, join(root, path), { recursive: true, dereference: true });
  }
  if (settings.copies.includes(OWN_CERTIFICATES)) {
    await runInRoot(root, ['update-ca-certificates']);
  }
  const release = await readFile(join(root, 'etc/os-release'), 'utf8');
  if (!release.includes('VERSION_CODENAME=')) {
    throw new Error(`${root} is no complete root file system`);
  }
}
