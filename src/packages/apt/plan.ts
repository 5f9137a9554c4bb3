import { StepFailure } from '../../domain/failure.ts';
import type { Change, Removal, Scope } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import type { ExcludedVersion, PlannedPackages } from '../port.ts';
import { listArchives } from './archive-list.ts';
import { explainSecurityArgv, simulateAllArgv, simulateSecurityArgv } from './arguments.ts';
import { compareVersions } from './compare-versions.ts';
import { withExclusions } from './exclusions.ts';
import { readHeld } from './held.ts';
import { nativeArchitecture } from './native.ts';
import {
  parseSimulation,
  splitName,
  type SimulatedInstall,
  type SimulatedRemoval,
  type Simulation,
} from './parse-simulation.ts';
import { expectRebootAfter } from './reboot-expected.ts';
import { isSecurityOrigin, withSecuritySources } from './repositories.ts';
import { runPackageTool } from './run.ts';
import { securityVersions } from './security-versions.ts';
import { keyOf } from '../shared/key-of.ts';
import { aptName, isInstalled, packageStates, type PackageState } from './states.ts';

/** See {@link PackageManager.plan} of the port. */
export async function plan(
  tools: HostTools,
  scope: Scope,
  excluded: readonly ExcludedVersion[] = [],
): Promise<PlannedPackages> {
  const held = await readHeld(tools);
  return withSecuritySources(tools, async (securitySources) => {
    const simulation = await withExclusions(excluded, (options) =>
      simulate(tools, scope, securitySources, options),
    );
    const native = await nativeArchitecture(tools);
    const states = await packageStates(tools);
    const changes = await describeChanges(tools, simulation.installs, native, securitySources);
    const removals = simulation.removals.map((one) => describeRemoval(one, states, native));
    return {
      changes: changes.toSorted(byName),
      removals: removals.toSorted(byName),
      held,
      leftOut: await describeLeftOut(tools, scope, simulation, held, securitySources),
      rebootExpected: await expectRebootAfter(tools, changes, native),
    };
  });
}

async function simulate(
  tools: HostTools,
  scope: Scope,
  securitySources: string | null,
  options: Readonly<Record<string, string>>,
): Promise<Simulation> {
  if (scope === 'security' && securitySources === null) throw noSecurityRepository();
  const argv =
    scope === 'security' && securitySources !== null
      ? simulateSecurityArgv(securitySources, options)
      : simulateAllArgv(options);
  const { stdout } = await runPackageTool(tools, argv, 'the update could not be simulated');
  return parseSimulation(stdout);
}

/** Otherwise a host that gets no security updates at all would count as up to date. */
function noSecurityRepository(): StepFailure {
  return new StepFailure(
    'UnsupportedHost',
    'no security repository is configured on this host, so the scope "security" can find nothing',
    {
      remedy:
        "Add the distribution's security repository to /etc/apt/sources.list.d, or use a policy with the scope `all`.",
    },
  );
}

async function describeChanges(
  tools: HostTools,
  installs: readonly SimulatedInstall[],
  native: string,
  securitySources: string | null,
): Promise<Change[]> {
  const archives = await listArchives(tools, installs);
  const names = installs.map((install) => aptName(install, native));
  const fixes =
    securitySources === null
      ? new Map<string, string>()
      : await securityVersions(tools, securitySources, names);
  return installs.map((install) => {
    const archive = archives.get(keyOf(install));
    if (archive === undefined) throw new Error(`${keyOf(install)} has lost its archive`);
    return {
      name: install.name,
      architecture: install.architecture,
      oldVersion: install.oldVersion,
      newVersion: install.newVersion,
      archive: archive.file,
      sha256: archive.sha256,
      sizeBytes: archive.sizeBytes,
      origin: install.origins.slice(0, ORIGIN_LENGTH_MAX),
      security: isSecurity(install, fixes.get(aptName(install, native))),
    };
  });
}

/** As the plan's schema bounds it. */
const ORIGIN_LENGTH_MAX = 300;

/**
 * A security repository offers this version, or offers an older one that the host lacks too: then
 * the change is a later point release that contains the fix.
 */
function isSecurity(install: SimulatedInstall, fix: string | undefined): boolean {
  if (isSecurityOrigin(install.origins)) return true;
  if (fix === undefined || install.oldVersion === null) return false;
  return compareVersions(fix, install.newVersion) <= 0;
}

function describeRemoval(
  removal: SimulatedRemoval,
  states: readonly PackageState[],
  native: string,
): Removal {
  const { name, oldVersion } = removal;
  if (removal.architecture !== null)
    return { name, oldVersion, architecture: removal.architecture };
  const state = states.find(
    (one) => one.name === name && isInstalled(one) && [native, 'all'].includes(one.architecture),
  );
  return { name, oldVersion, architecture: state?.architecture ?? native };
}

/** How many packages are asked about; each takes apt half a second. */
const EXPLAINED_MAX = 10;

/**
 * Packages with a newer version that the plan leaves alone though nobody holds them. In the scope
 * `security` those are fixes that need something which no security repository offers: nothing that
 * is not security is brought in, so a person has to decide.
 */
async function describeLeftOut(
  tools: HostTools,
  scope: Scope,
  simulation: Simulation,
  held: readonly string[],
  securitySources: string | null,
): Promise<string[]> {
  const names = simulation.keptBack.filter((name) => !held.includes(splitName(name).name));
  const sentences: string[] = [];
  for (const [index, name] of names.entries()) {
    if (scope === 'all' || securitySources === null || index >= EXPLAINED_MAX) {
      sentences.push(`${name} has a newer version, but apt keeps it back`);
      continue;
    }
    const explained = await tools.run(explainSecurityArgv(securitySources, name));
    const why = parseUnmet(explained.stdout, name) ?? 'apt keeps it back';
    sentences.push(
      `${name} has a security fix that security repositories alone cannot bring: ${why}`,
    );
  }
  return sentences.map((sentence) => sentence.slice(0, SENTENCE_LENGTH_MAX));
}

const SENTENCE_LENGTH_MAX = 300;

/** The dependency that apt names below "unmet dependencies": ` web : Depends: lib (>= 2) but 1 is to be installed`. */
export function parseUnmet(stdout: string, name: string): string | null {
  const line = stdout.split('\n').find((one) => one.startsWith(` ${name} : `));
  return line?.slice(` ${name} : `.length).trim() ?? null;
}

function byName(
  one: { name: string; architecture: string },
  other: { name: string; architecture: string },
): number {
  const left = keyOf(one);
  const right = keyOf(other);
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}
