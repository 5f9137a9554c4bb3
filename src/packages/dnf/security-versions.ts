import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { ADVISORY_TYPES, advisedArgv, advisoryListArgv } from './arguments.ts';
import { compareVersions } from './compare-versions.ts';
import type { Dialect } from './dialects/dialect.ts';
import { listVersions, type ListedVersion } from './listed-versions.ts';
import type { SimulatedInstall } from './parse-simulation.ts';
import { runPackageTool } from './run.ts';
import type { PackageState } from './states.ts';

const WHAT = 'the advisories could not be listed';

/** Versions that security advisories name, for judging these installs. */
export async function securityVersionsOf(
  tools: HostTools,
  dialect: Dialect,
  states: readonly PackageState[],
  installs: readonly SimulatedInstall[],
): Promise<ListedVersion[]> {
  const listed = await listAdvised(tools, dialect);
  const installed = new Set(states.map(keyOf));
  if (installs.every((install) => installed.has(keyOf(install)))) return listed.security;
  return [...listed.security, ...(await listFurther(tools, dialect, installed))];
}

/** All versions that security advisories name; null where the repositories carry no advisories at all. */
export async function securityVersions(
  tools: HostTools,
  dialect: Dialect,
  states: readonly PackageState[],
): Promise<ListedVersion[] | null> {
  const listed = await listAdvised(tools, dialect);
  const further = await listFurther(tools, dialect, new Set(states.map(keyOf)));
  const fixes = [...listed.security, ...further];
  if (fixes.length > 0 || listed.any) return fixes;
  // Advisories about other packages than those that are installed are data too.
  const others = await listVersions(tools, advisedArgv(dialect, ADVISORY_TYPES), WHAT);
  return others.length > 0 ? [] : null;
}

/** What advisories name of the packages that are installed, in the architecture in which they are. */
async function listAdvised(
  tools: HostTools,
  dialect: Dialect,
): Promise<{ security: ListedVersion[]; any: boolean }> {
  const { stdout } = await runPackageTool(tools, advisoryListArgv(dialect), WHAT);
  const entries = dialect.parseAdvisoryList(stdout);
  return { security: entries.filter(({ security }) => security), any: entries.length > 0 };
}

/** What security advisories name of all other packages that the repositories have. */
async function listFurther(
  tools: HostTools,
  dialect: Dialect,
  installed: ReadonlySet<string>,
): Promise<ListedVersion[]> {
  const advised = await listVersions(tools, advisedArgv(dialect, ['security']), WHAT);
  return advised.filter((version) => !installed.has(keyOf(version)));
}

/**
 * Whether a security advisory applies to a change: one names a version after the installed one, up
 * to the new one. What is new on the host has no version before: the advisory names just this one.
 */
export function isSecurity(
  change: { name: string; architecture: string; newVersion: string },
  installedVersion: string | null,
  fixes: readonly ListedVersion[],
): boolean {
  return fixes.some(({ name, architecture, version }) => {
    if (name !== change.name || architecture !== change.architecture) return false;
    const toNew = compareVersions(version, change.newVersion);
    if (installedVersion === null) return toNew === 0;
    return toNew <= 0 && compareVersions(version, installedVersion) > 0;
  });
}
