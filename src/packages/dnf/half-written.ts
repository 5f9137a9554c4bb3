import type { HostTools } from '../../host/tools.ts';
import { fileSha256 } from '../digest.ts';
import { inPortions } from '../shared/portions.ts';
import { parseVerifiedFiles } from '../shared/verification.ts';
import { archiveName } from './archives.ts';
import { compareVersions } from './compare-versions.ts';
import { nevraOf, packageStates, parseStates, STATES_FORMAT, type PackageState } from './states.ts';

/** Reading every file of a large plan takes a while: 1 GB of packages about 10 s. */
const VERIFY_TIMEOUT_MS = 600_000;

const DIGESTS_FORMAT = '[%{=NAME} %{FILEDIGESTS} %{FILENAMES}\\n]';

/**
 * Those of these archives whose files a run that was cut off has begun to put in place: rpm registers
 * a package when all of its files are written, so the database has the older version, and the disk
 * has files of the newer one. Only a file with just the content of the newer one counts, so that
 * nothing is brought to a newer version which an administrator has changed.
 */
export async function findHalfWritten(
  tools: HostTools,
  archives: ReadonlyMap<string, string>,
): Promise<string[]> {
  const installed = await packageStates(tools);
  const found = new Set<string>();
  for (const portion of inPortions([...archives.values()])) {
    const newer = (await archiveStates(tools, portion)).flatMap((state) => {
      const older = installed.filter((one) => one.name === state.name);
      const isNewer = older.every((one) => compareVersions(one.version, state.version) < 0);
      return older.length > 0 && isNewer ? [{ state, older }] : [];
    });
    const changed = await changedFiles(
      tools,
      newer.flatMap(({ older }) => older.map(nevraOf)),
    );
    const paths = new Map(newer.map(({ state }) => [state.name, pathOf(state, archives)]));
    for (const [name, digest, file] of await digests(tools, [...paths.values()])) {
      const path = paths.get(name);
      if (path === undefined || found.has(path) || !changed.has(file)) continue;
      if ((await fileSha256(file)) === digest) found.add(path);
    }
  }
  return [...found];
}

function pathOf(state: PackageState, archives: ReadonlyMap<string, string>): string {
  const path = archives.get(archiveName({ ...state, newVersion: state.version }));
  if (path === undefined) throw new Error(`No archive is called as ${nevraOf(state)} is`);
  return path;
}

/** Those that cannot be read are left out: a download that was cut off was never being installed. */
async function archiveStates(
  tools: HostTools,
  archives: readonly string[],
): Promise<PackageState[]> {
  const { stdout } = await queryArchives(tools, STATES_FORMAT, archives);
  return parseStates(stdout);
}

async function digests(
  tools: HostTools,
  archives: readonly string[],
): Promise<[name: string, digest: string, path: string][]> {
  if (archives.length === 0) return [];
  const { stdout } = await queryArchives(tools, DIGESTS_FORMAT, archives);
  return stdout.split('\n').flatMap((line) => {
    const [, name, digest, path] = /^(\S+) ([0-9a-f]{64}) (\/.*)$/.exec(line) ?? [];
    if (name === undefined || digest === undefined || path === undefined) return [];
    return [[name, digest, path] as [string, string, string]];
  });
}

function queryArchives(tools: HostTools, format: string, archives: readonly string[]) {
  const words = ['--query', '--nosignature', '--queryformat', format, '--package'];
  return tools.run(['rpm', ...words, '--', ...archives], { maxOutputBytes: 64 * 1024 * 1024 });
}

/** Files of installed packages that have another content than their package brought; not configuration. */
async function changedFiles(tools: HostTools, nevras: readonly string[]): Promise<Set<string>> {
  if (nevras.length === 0) return new Set();
  const { stdout } = await tools.run(['rpm', '--verify', '--nodeps', '--', ...nevras], {
    timeoutMs: VERIFY_TIMEOUT_MS,
  });
  const files = parseVerifiedFiles(stdout).filter(
    ({ signs, kind }) => signs.includes('5') && kind !== 'c',
  );
  return new Set(files.map(({ path }) => path));
}
