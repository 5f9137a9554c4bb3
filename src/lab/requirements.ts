import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { runWithProgress } from './run.ts';

/** The programs that the lab calls, and the Debian and Ubuntu package that each comes with. */
const PROGRAMS = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  'dpkg-deb': 'dpkg',
  rpm: 'rpm',
  rpmbuild: 'rpm',
  rpmsign: 'rpm',
  createrepo_c: 'createrepo-c',
  modifyrepo_c: 'createrepo-c',
  gpg: 'gpg',
  'gpg-agent': 'gpg-agent',
  gpgconf: 'gpgconf',
} as const satisfies Record<string, string>;

/** Package installations over a slow line; a stuck mirror shall not hold a test run for ever. */
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** The packages of programs that are not on the PATH, sorted, each once. */
export async function missingPackages(path: string = process.env['PATH'] ?? ''): Promise<string[]> {
  const missing = new Set<string>();
  for (const [program, packageName] of Object.entries(PROGRAMS)) {
    if (!(await isOnPath(program, path))) missing.add(packageName);
  }
  return [...missing].sort();
}

/** One sentence with the command that installs what is missing. */
export function missingSentence(packages: readonly string[]): string {
  return (
    `The lab's hosts need ${packages.join(', ')}, which this machine lacks; ` +
    `install with: apt-get update && apt-get install --no-install-recommends ${packages.join(' ')}`
  );
}

/**
 * Makes sure that lab hosts can be built and started here. As root, missing packages are installed;
 * `progress` gets what apt says. Throws one sentence that says what to do if the machine cannot.
 */
export async function ensureRequirements(progress: (line: string) => void): Promise<void> {
  if (process.platform !== 'linux' || !(await isOnPath('apt-get', process.env['PATH'] ?? ''))) {
    throw new Error("The lab's hosts need a Debian or Ubuntu machine; this one has no apt-get.");
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      "The lab's hosts are booted by systemd-nspawn, which needs root; run this as root.",
    );
  }
  const packages = await missingPackages();
  if (packages.length === 0) return;
  progress(missingSentence(packages));
  await runWithProgress(['apt-get', '-q', 'update'], progress, INSTALL_TIMEOUT_MS);
  await runWithProgress(
    ['apt-get', '-q', '-y', '--no-install-recommends', 'install', '--', ...packages],
    progress,
    INSTALL_TIMEOUT_MS,
  );
  const left = await missingPackages();
  if (left.length > 0) throw new Error(missingSentence(left));
}

async function isOnPath(program: string, path: string): Promise<boolean> {
  for (const directory of path.split(':').filter((part) => part.startsWith('/'))) {
    try {
      await access(join(directory, program), constants.X_OK);
      return true;
    } catch {
      // Not in this directory; the next one may have it.
    }
  }
  return false;
}
