import type { Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { compareVersions } from './compare-versions.ts';
import { readFileList } from './file-lists.ts';
import { installOnlyNames } from './install-only.ts';
import { nevraOf, packageStates, type PackageState } from './states.ts';

/**
 * A package that is in rpm's database twice: an update registers the new version, writes its files,
 * and erases the old version only when all packages are written. A run that was cut off in between
 * leaves both.
 */
export type Double = { newest: PackageState; older: PackageState[] };

/** Doubles of what these changes were to bring in an older one's place. */
export function doublesOf(changes: readonly Change[], states: readonly PackageState[]): Double[] {
  return changes.flatMap((change) => {
    // One that comes beside its older version is meant to.
    if (change.oldVersion === null) return [];
    const own = states.filter(
      ({ name, architecture }) =>
        name === change.name &&
        [change.architecture, change.oldArchitecture].includes(architecture),
    );
    const newest = own.find(
      (state) => state.version === change.newVersion && state.architecture === change.architecture,
    );
    const older = own.filter((state) => state !== newest && isOlder(state, change.newVersion));
    return newest === undefined || older.length === 0 ? [] : [{ newest, older }];
  });
}

function isOlder({ version }: PackageState, than: string): boolean {
  return compareVersions(version, than) <= 0;
}

/**
 * Doubles that a run has left, whatever its plan was. Two versions beside each other may be meant,
 * as those of a runtime that has every version in a directory of its own: but two that have a file
 * in common are not, and what the same transaction has left is of the same kind.
 */
export async function findDoubles(tools: HostTools): Promise<Double[]> {
  const candidates = await withoutInstallOnly(tools, groupDoubles(await packageStates(tools)));
  const cut = new Set<number>();
  for (const { newest, older } of candidates) {
    if (cut.has(newest.transaction)) continue;
    if (await shareFile(tools, [newest, ...older])) cut.add(newest.transaction);
  }
  return candidates.filter(({ newest }) => cut.has(newest.transaction));
}

/** Packages of one name with more than one version for an architecture, or with one for any beside one for this. */
export function groupDoubles(states: readonly PackageState[]): Double[] {
  const groups = Map.groupBy(states, ({ name }) => name);
  return [...groups.values()].flatMap((group) => {
    const independent = group.some(({ architecture }) => architecture === 'noarch');
    const parts = independent ? [group] : [...Map.groupBy(group, keyOf).values()];
    return parts.filter((part) => part.length > 1).map(toDouble);
  });
}

function toDouble(part: readonly PackageState[]): Double {
  const [newest, ...older] = part.toSorted((a, b) => compareVersions(b.version, a.version));
  if (newest === undefined) throw new Error('A double without a package');
  return { newest, older };
}

async function withoutInstallOnly(tools: HostTools, doubles: readonly Double[]): Promise<Double[]> {
  if (doubles.length === 0) return [];
  const names = doubles.map(({ newest }) => newest.name);
  const meant = await installOnlyNames(tools, [...new Set(names)]);
  return doubles.filter(({ newest }) => !meant.has(newest.name));
}

async function shareFile(tools: HostTools, states: readonly PackageState[]): Promise<boolean> {
  const seen = new Set<string>();
  for (const state of states) {
    const files = await readFileList(tools, nevraOf(state));
    for (const { path, isDirectory } of files) {
      if (!isDirectory && seen.has(path)) return true;
    }
    for (const { path } of files) seen.add(path);
  }
  return false;
}

/** A sentence for people about a package that is in the database twice. */
export function describeDouble({ newest, older }: Double): string {
  const versions = older.map(({ version }) => version).join(' and ');
  return `${keyOf(newest)} ${newest.version} is installed, and ${versions} is still in the database beside it`;
}
