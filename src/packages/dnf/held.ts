import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { simulateAllArgv, upgradesArgv } from './arguments.ts';
import type { Dialect } from './dialects/dialect.ts';
import { listVersions, newestListed, type ListedVersion } from './listed-versions.ts';
import { isCovered, type Simulation } from './parse-simulation.ts';
import { simulate } from './simulate.ts';
import { readLocks } from './version-locks.ts';

/** The newest versions in the repositories of what has a newer one than the installed. */
export type Upgrades = {
  /** What the host's own configuration excludes among them. */
  all: readonly ListedVersion[];
  offered: readonly ListedVersion[];
};

/**
 * Asks for newer versions. Where a simulated update of everything brings them all, nothing can be
 * excluded, and dnf is asked once.
 */
export async function readUpgrades(
  tools: HostTools,
  dialect: Dialect,
  everything: Simulation | null,
): Promise<Upgrades> {
  const ask = async (excludes: 'with' | 'without') => {
    const what = 'the newer versions could not be listed';
    return newestListed(await listVersions(tools, upgradesArgv(dialect, excludes), what));
  };
  const all = await ask('without');
  const settled = all.every((one) => everything !== null && isCovered(one, everything));
  return { all, offered: settled ? all : await ask('with') };
}

/**
 * Names of the packages that have a newer version which the host's own configuration keeps back, by
 * an exclude or a lock of dnf's plugin versionlock, sorted. `everything` is what an update of
 * everything would do, where that is known already.
 */
export async function readHeld(
  tools: HostTools,
  dialect: Dialect,
  everything: Simulation | null = null,
  upgrades?: Upgrades,
): Promise<string[]> {
  const { all, offered } = upgrades ?? (await readUpgrades(tools, dialect, everything));
  const versions = new Map(offered.map((one) => [keyOf(one), one.version]));
  const excluded = all.filter((one) => versions.get(keyOf(one)) !== one.version);
  const locked = await findLocked(tools, dialect, offered, everything);
  return [...new Set([...excluded, ...locked].map(({ name }) => name))].toSorted();
}

/** The queries of dnf 4 do not know of locks, but its update does. */
async function findLocked(
  tools: HostTools,
  dialect: Dialect,
  offered: readonly ListedVersion[],
  everything: Simulation | null,
): Promise<ListedVersion[]> {
  const patterns = await readLocks(dialect);
  const candidates = offered.filter(({ name }) => patterns.some((one) => one.test(name)));
  if (candidates.length === 0) return [];
  const simulation = everything ?? (await simulate(tools, dialect, simulateAllArgv(dialect)));
  return candidates.filter((one) => !isCovered(one, simulation));
}
