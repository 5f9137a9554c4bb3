import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { ADVISORY_TYPES, advisedArgv, advisoryListArgv } from './arguments.ts';
import { compareVersions } from './compare-versions.ts';
import type { Dialect } from './dialects/dialect.ts';
import { listVersions, type ListedVersion } from './listed-versions.ts';
import { runPackageTool } from './run.ts';
import type { PackageState } from './states.ts';

const WHAT = 'the advisories could not be listed';

/** Versions that security advisories name; null where the repositories carry no advisories at all. */
export async function securityVersions(
  tools: HostTools,
  dialect: Dialect,
  states: readonly PackageState[],
): Promise<ListedVersion[] | null> {
  const { stdout } = await runPackageTool(tools, advisoryListArgv(dialect), WHAT);
  const entries = dialect.parseAdvisoryList(stdout);
  const advised = await listVersions(tools, advisedArgv(dialect, ['security']), WHAT);
  if (entries.length === 0 && advised.length === 0 && !(await hasAdvisories(tools, dialect))) {
    return null;
  }
  // The list is about what is installed, in the architecture in which it is.
  const installed = new Set(states.map(keyOf));
  const further = advised.filter((version) => !installed.has(keyOf(version)));
  return [...entries.filter(({ security }) => security), ...further];
}

/** Advisories about other packages than those that are installed are data too. */
async function hasAdvisories(tools: HostTools, dialect: Dialect): Promise<boolean> {
  const advised = await listVersions(tools, advisedArgv(dialect, ADVISORY_TYPES), WHAT);
  return advised.length > 0;
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
