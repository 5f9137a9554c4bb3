import type { Change, Removal } from '../../domain/plan.ts';
import { keyOf } from './key-of.ts';

/** What a package tool says that it would do. */
export type Simulation = {
  installs: readonly { name: string; architecture: string; newVersion: string }[];
  /** The architecture is null where the tool does not say it: the host's own. */
  removals: readonly { name: string; architecture: string | null }[];
};

export type Approved = {
  /** Changes that this run is for. */
  changes: readonly Change[];
  removals: readonly Removal[];
  /** Every change of the approved plan; the tool may pull forward from it. */
  allowed: readonly Change[];
};

/**
 * What a simulation would do beyond or short of what was approved, one sentence each; none when it
 * would do exactly that. `tool` is whose simulation it is, as the sentences name it.
 */
export function deviations(tool: string, simulation: Simulation, approved: Approved): string[] {
  return [...beyond(tool, simulation, approved), ...missing(tool, simulation, approved)];
}

/** What a simulation would do beyond what was approved. */
export function beyond(
  tool: string,
  simulation: Simulation,
  { removals, allowed }: Pick<Approved, 'removals' | 'allowed'>,
): string[] {
  const versions = new Map(allowed.map((change) => [keyOf(change), change.newVersion]));
  const findings: string[] = [];
  for (const install of simulation.installs) {
    const version = versions.get(keyOf(install));
    if (version === install.newVersion) continue;
    const planned =
      version === undefined ? 'is not in the approved plan' : `is approved as ${version}`;
    findings.push(
      `${tool} would bring ${keyOf(install)} to ${install.newVersion}, which ${planned}`,
    );
  }
  for (const removal of simulation.removals) {
    const planned = removals.some(
      ({ name, architecture }) =>
        name === removal.name &&
        (removal.architecture === null || removal.architecture === architecture),
    );
    if (!planned)
      findings.push(`${tool} would remove ${removal.name}, which is not in the approved plan`);
  }
  return findings;
}

function missing(tool: string, simulation: Simulation, { changes, removals }: Approved): string[] {
  const installed = new Set(simulation.installs.map(keyOf));
  const removed = new Set(simulation.removals.map(({ name }) => name));
  return [
    ...changes
      .filter((change) => !installed.has(keyOf(change)))
      .map(
        (change) =>
          `${tool} would leave ${keyOf(change)} as it is instead of bringing it to ${change.newVersion}`,
      ),
    ...removals
      .filter(({ name }) => !removed.has(name))
      .map((removal) => `${tool} would keep ${keyOf(removal)} instead of removing it`),
  ];
}
