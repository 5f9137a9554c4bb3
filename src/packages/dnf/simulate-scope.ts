import { StepFailure } from '../../domain/failure.ts';
import type { Scope } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { simulateAllArgv, simulateSecurityArgv } from './arguments.ts';
import { newestVersion } from './compare-versions.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { ListedVersion } from './listed-versions.ts';
import { follows } from './parse-simulation.ts';
import { isSecurity } from './security-versions.ts';
import { simulate, type Simulated } from './simulate.ts';
import type { PackageState } from './states.ts';

/** What a plan is made from. */
export type Situation = {
  scope: Scope;
  /** What is installed. */
  states: readonly PackageState[];
  /** Versions that security advisories name. */
  fixes: readonly ListedVersion[];
  held: readonly string[];
};

/** A simulation, with what was kept out of it since no security advisory names it. */
export type SimulatedScope = Simulated & { excluded: readonly ListedVersion[] };

/** Each round leaves out one package more; a fix that hangs on more than that is looked at by a person. */
const ROUNDS_MAX = 20;

/**
 * In the scope `security` nothing comes in that no security advisory names: a fix that needs such a
 * package is simulated again without it, until none is left.
 */
export async function simulateScope(
  tools: HostTools,
  dialect: Dialect,
  { scope, states, fixes }: Omit<Situation, 'held'>,
): Promise<SimulatedScope> {
  if (scope === 'all') {
    return { ...(await simulate(tools, dialect, simulateAllArgv(dialect))), excluded: [] };
  }
  const excluded: ListedVersion[] = [];
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const names = excluded.map(({ name }) => name);
    const simulated = await simulate(tools, dialect, simulateSecurityArgv(dialect, names));
    const foreign = simulated.installs.filter(
      (install) => !isSecurity(install, versionBefore(install, states), fixes),
    );
    if (foreign.length === 0) return { ...simulated, excluded };
    excluded.push(...foreign.map((one) => ({ ...one, version: one.newVersion })));
  }
  throw new StepFailure(
    'DependencyProblem',
    `the security updates still need packages that no security advisory names after ${ROUNDS_MAX} of them were left out`,
    {
      remedy:
        'Run `dnf upgrade-minimal --security --assumeno` on the host and look at what it brings besides; a policy with the scope `all` takes it.',
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
