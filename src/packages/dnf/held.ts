import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { lockListArgv, simulateAllArgv, upgradesArgv } from './arguments.ts';
import type { Dialect } from './dialects/dialect.ts';
import { listVersions, newestListed, type ListedVersion } from './listed-versions.ts';
import { askPackageTool, packageToolFailure } from './run.ts';
import { simulate } from './simulate.ts';

const WHAT = 'the newer versions could not be listed';

/**
 * Names of the packages that have a newer version which the host's own configuration keeps back, by
 * an exclude or a lock of dnf's plugin versionlock, sorted.
 */
export async function readHeld(tools: HostTools, dialect: Dialect): Promise<string[]> {
  const all = newestListed(await listVersions(tools, upgradesArgv(dialect, 'without'), WHAT));
  const offered = newestListed(await listVersions(tools, upgradesArgv(dialect, 'with'), WHAT));
  const offeredVersions = new Map(offered.map((one) => [keyOf(one), one.version]));
  const excluded = all.filter((one) => offeredVersions.get(keyOf(one)) !== one.version);
  const locked = await readLocked(tools, dialect, offered);
  return [...new Set([...excluded, ...locked].map(({ name }) => name))].toSorted();
}

/** The queries of dnf 4 do not know of locks, but its update does. */
async function readLocked(
  tools: HostTools,
  dialect: Dialect,
  offered: readonly ListedVersion[],
): Promise<ListedVersion[]> {
  const patterns = (await readLocks(tools, dialect)).map(toPattern);
  const candidates = offered.filter(({ name }) => patterns.some((one) => one.test(name)));
  if (candidates.length === 0) return [];
  const { installs } = await simulate(tools, dialect, simulateAllArgv(dialect));
  const brought = new Set(installs.map((one) => `${keyOf(one)}=${one.newVersion}`));
  return candidates.filter((one) => !brought.has(`${keyOf(one)}=${one.version}`));
}

async function readLocks(tools: HostTools, dialect: Dialect): Promise<string[]> {
  const result = await askPackageTool(tools, lockListArgv(dialect));
  if (result.exitCode === 0) return dialect.parseLocks(result.stdout);
  // The plugin is not installed everywhere.
  if (/No such command: versionlock/.test(result.stderr)) return [];
  throw packageToolFailure(result, 'the locked packages could not be listed', 'resolution');
}

/** The patterns of a shell that the plugin takes: `kernel*`. */
function toPattern(lock: string): RegExp {
  const escaped = lock.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
