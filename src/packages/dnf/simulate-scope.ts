import { StepFailure } from '../../domain/failure.ts';
import type { Scope } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import type { ExcludedVersion } from '../port.ts';
import { simulateAllArgv, simulateSecurityArgv } from './arguments.ts';
import { newestVersion } from './compare-versions.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { ListedVersion } from './listed-versions.ts';
import { follows } from './parse-simulation.ts';
import { isSecurity, securityVersions, securityVersionsOf } from './security-versions.ts';
import { simulate, type Simulated } from './simulate.ts';
import type { PackageState } from './states.ts';

/** What an update of a scope would do. */
export type SimulatedScope = Simulated & {
  scope: Scope;
  /** Versions that security advisories name. */
  fixes: readonly ListedVersion[];
  /** What was kept out of it, since no security advisory names it. */
  excluded: readonly ListedVersion[];
};

/** `forbidden` are versions that must not come in, whatever asks for them. */
export async function simulateScope(
  tools: HostTools,
  dialect: Dialect,
  scope: Scope,
  states: readonly PackageState[],
  forbidden: readonly ExcludedVersion[],
): Promise<SimulatedScope> {
  const specs = forbidden.map(({ name, version }) => `${name}-${version}`);
  if (scope === 'security') return simulateSecurity(tools, dialect, states, specs);
  const simulated = await simulate(tools, dialect, simulateAllArgv(dialect, specs));
  const fixes = await securityVersionsOf(tools, dialect, states, simulated.installs);
  return { scope, ...simulated, fixes, excluded: [] };
}

/** Each round leaves out some packages; a fix that hangs on more than that is looked at by a person. */
const ROUNDS_MAX = 20;

/**
 * Nothing comes in that no security advisory names: a fix that needs such a package is simulated
 * again without it, until none is left. Fails with `UnsupportedHost` where the repositories tell of
 * no fixes at all: otherwise such a host would count as up to date.
 */
async function simulateSecurity(
  tools: HostTools,
  dialect: Dialect,
  states: readonly PackageState[],
  forbidden: readonly string[],
): Promise<SimulatedScope> {
  const fixes = await securityVersions(tools, dialect, states);
  if (fixes === null) throw noAdvisories();
  const excluded: ListedVersion[] = [];
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const specs = [
      ...forbidden,
      ...excluded.map(({ name, architecture }) => `${name}.${architecture}`),
    ];
    const simulated = await simulate(tools, dialect, simulateSecurityArgv(dialect, specs));
    const foreign = simulated.installs.filter(
      (install) => !isSecurity(install, versionBefore(install, states), fixes),
    );
    if (foreign.length === 0) return { scope: 'security', ...simulated, fixes, excluded };
    excluded.push(...foreign.map((one) => ({ ...one, version: one.newVersion })));
  }
  throw new StepFailure(
    'DependencyProblem',
    `the security updates still need packages that no security advisory names after ${excluded.length} of them were left out`,
    {
      remedy:
        'Run `dnf upgrade-minimal --security --assumeno` on the host and look at what it brings besides; a policy with the scope `all` takes it.',
    },
  );
}

function noAdvisories(): StepFailure {
  return new StepFailure(
    'UnsupportedHost',
    'the repositories carry no advisory data, so the scope "security" can find nothing',
    {
      remedy:
        'Use a policy with the scope `all`, or add repositories that say which updates are for security, as those of CentOS do not.',
    },
  );
}

/** The version of a package that an install takes the place of, or comes beside; null when it is new. */
export function versionBefore(
  install: { name: string; architecture: string },
  states: readonly PackageState[],
): string | null {
  const earlier = states.filter((state) => follows(install, state));
  return newestVersion(earlier.map(({ version }) => version)) ?? null;
}
