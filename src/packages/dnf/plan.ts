import type { Change, Scope } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import type { ExcludedVersion, PlannedPackages } from '../port.ts';
import { keyOf } from '../shared/key-of.ts';
import { listArchives } from './archive-list.ts';
import { archiveName } from './archives.ts';
import { compareVersions } from './compare-versions.ts';
import type { Dialect } from './dialects/dialect.ts';
import { readHeld, readUpgrades } from './held.ts';
import { describeLeftOut } from './left-out.ts';
import type { ListedVersion } from './listed-versions.ts';
import { follows, type SimulatedInstall } from './parse-simulation.ts';
import { expectRebootAfter } from './reboot-expected.ts';
import { isSecurity } from './security-versions.ts';
import { simulateScope, versionBefore, type SimulatedScope } from './simulate-scope.ts';
import { packageStates, type PackageState } from './states.ts';

/** See {@link PackageManager.plan} of the port. */
export async function plan(
  tools: HostTools,
  dialect: Dialect,
  scope: Scope,
  forbidden: readonly ExcludedVersion[] = [],
): Promise<PlannedPackages> {
  // Whoever forbids a version says so himself.
  const isAllowed = (listed: ListedVersion) =>
    !forbidden.some(({ name, version }) => listed.name === name && listed.version === version);
  const states = await packageStates(tools);
  const simulated = await simulateScope(tools, dialect, scope, states, forbidden);
  const everything = scope === 'all' ? simulated : null;
  const upgrades = await readUpgrades(tools, dialect, everything);
  const held = await readHeld(tools, dialect, everything, upgrades);
  const changes = await describeChanges(tools, dialect, simulated, states);
  return {
    changes: changes.toSorted(byKey),
    removals: simulated.removals.toSorted(byKey),
    held,
    leftOut: describeLeftOut(simulated, upgrades.offered.filter(isAllowed), states, held),
    rebootExpected: await expectRebootAfter(tools, changes),
  };
}

async function describeChanges(
  tools: HostTools,
  dialect: Dialect,
  { installs, fixes }: SimulatedScope,
  states: readonly PackageState[],
): Promise<Change[]> {
  const archives = await listArchives(tools, dialect, installs);
  return installs.map((install) => {
    const archive = archives.get(keyOf(install));
    if (archive === undefined) throw new Error(`${keyOf(install)} has lost its archive`);
    const { name, architecture, newVersion } = install;
    const old = install.replaces ? replacedState(install, states) : null;
    return {
      name,
      architecture,
      ...(old === null || old.architecture === architecture
        ? {}
        : { oldArchitecture: old.architecture }),
      oldVersion: old?.version ?? null,
      newVersion,
      archive: archiveName(install),
      sha256: archive.sha256,
      sizeBytes: archive.sizeBytes,
      origin: install.repository,
      security: isSecurity(install, versionBefore(install, states), fixes),
    };
  });
}

/** The installed package that an update takes the place of: in its own architecture, where there is one. */
function replacedState(install: SimulatedInstall, states: readonly PackageState[]): PackageState {
  const [state] = states
    .filter((one) => follows(install, one))
    .toSorted(
      (one, other) => rank(other) - rank(one) || compareVersions(other.version, one.version),
    );
  if (state === undefined)
    throw new Error(`dnf would update ${keyOf(install)}, which is not installed`);
  return state;

  function rank({ architecture }: PackageState): number {
    return architecture === install.architecture ? 1 : 0;
  }
}

function byKey(
  one: { name: string; architecture: string },
  other: { name: string; architecture: string },
): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  if (one.architecture === other.architecture) return 0;
  return one.architecture < other.architecture ? -1 : 1;
}
