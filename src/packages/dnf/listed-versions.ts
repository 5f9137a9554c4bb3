import type { Argv, HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { splitFields } from './arguments.ts';
import { compareVersions } from './compare-versions.ts';
import { withoutZeroEpoch } from './parse-simulation.ts';
import { runPackageTool } from './run.ts';

/** One version of a package, as a repository's list has it. */
export type ListedVersion = { name: string; architecture: string; version: string };

/** Asks a query that answers name, architecture and version. */
export async function listVersions(
  tools: HostTools,
  argv: Argv,
  what: string,
): Promise<ListedVersion[]> {
  const { stdout } = await runPackageTool(tools, argv, what);
  return splitFields(stdout).map(([name = '', architecture = '', version = '']) => ({
    name,
    architecture,
    version: withoutZeroEpoch(version),
  }));
}

/** The newest of the versions of each package. */
export function newestListed<T extends ListedVersion>(versions: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const version of versions) {
    const known = newest.get(keyOf(version));
    if (known === undefined || compareVersions(version.version, known.version) > 0) {
      newest.set(keyOf(version), version);
    }
  }
  return [...newest.values()];
}
