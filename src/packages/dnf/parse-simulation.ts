import { StepFailure } from '../../domain/failure.ts';
import { keyOf } from '../shared/key-of.ts';
import { compareVersions } from './compare-versions.ts';

/** One package that dnf says it would install. */
export type SimulatedInstall = {
  name: string;
  architecture: string;
  newVersion: string;
  /** The repository's id; `@commandline` for an archive that was named. */
  repository: string;
  /** Whether it takes the place of an installed version, and does not come beside it or anew. */
  replaces: boolean;
};

export type SimulatedRemoval = { name: string; architecture: string; oldVersion: string };

/** A newer version that dnf leaves alone since something is in its way. */
export type Skipped = { name: string; architecture: string; version: string };

export type Simulation = {
  installs: SimulatedInstall[];
  removals: SimulatedRemoval[];
  skipped: Skipped[];
};

/** A row of the table of a transaction, whatever its dialect. */
export type Row = { name: string; architecture: string; version: string; repository: string };

/** One heading of the table with what is below it. */
export type Section = {
  heading: string;
  rows: { row: Row; /** What it makes obsolete, or replaces. */ replaced: Row[] }[];
};

const INSTALLS: readonly string[] = [
  'Installing',
  'Installing dependencies',
  'Installing weak dependencies',
  'Installing group packages',
  'Installing group/module packages',
];

const REMOVALS: readonly string[] = [
  'Removing',
  'Removing dependent packages',
  'Removing unused dependencies',
];

const SKIPPED =
  /^Skipping packages with (?:conflicts|broken dependencies(?: or part of a group)?)$/;

/**
 * Makes a simulation of the sections of a table. Throws `PlanUnparsable` at a heading that is not
 * known, and `DependencyProblem` where a module's stream would change, which is a person's decision.
 */
export function toSimulation(sections: readonly Section[]): Simulation {
  const simulation: Simulation = { installs: [], removals: [], skipped: [] };
  const replaced: Row[] = [];
  for (const section of sections) {
    const rows = section.rows.map(({ row }) => row);
    if (section.heading === 'Upgrading') {
      simulation.installs.push(...rows.map((row) => toInstall(row, true)));
    } else if (INSTALLS.includes(section.heading)) {
      simulation.installs.push(...rows.map((row) => toInstall(row, false)));
    } else if (REMOVALS.includes(section.heading)) {
      simulation.removals.push(...rows.map(toRemoval));
    } else if (SKIPPED.test(section.heading)) {
      simulation.skipped.push(...rows);
    } else if (/ module/.test(section.heading)) {
      throw streamsWouldChange(section.heading);
    } else {
      throw unparsable(`${section.heading}:`);
    }
    replaced.push(...section.rows.flatMap((one) => one.replaced));
  }
  simulation.removals.push(...obsoleted(replaced, simulation.installs));
  return simulation;
}

function toInstall(row: Row, replaces: boolean): SimulatedInstall {
  const { name, architecture, version, repository } = row;
  return { name, architecture, newVersion: version, repository, replaces };
}

function toRemoval({ name, architecture, version }: Row): SimulatedRemoval {
  return { name, architecture, oldVersion: version };
}

/** What is replaced by a package of another name is gone; what has a newer version of its own is not. */
function obsoleted(
  replaced: readonly Row[],
  installs: readonly SimulatedInstall[],
): SimulatedRemoval[] {
  const gone = replaced.filter((row) => !installs.some((install) => follows(install, row)));
  const byKey = new Map(gone.map((row) => [keyOf(row), toRemoval(row)]));
  return [...byKey.values()];
}

/** Packages become independent of an architecture, and cease to be; from one to another they do not go. */
export function follows(
  newer: { name: string; architecture: string },
  older: { name: string; architecture: string },
): boolean {
  const architectures = [newer.architecture, older.architecture];
  const same = newer.architecture === older.architecture || architectures.includes('noarch');
  return newer.name === older.name && same;
}

/** Whether a transaction brings this version or a newer one, or the package goes in it. */
export function isCovered(
  version: { name: string; architecture: string; version: string },
  { installs, removals }: Simulation,
): boolean {
  return (
    removals.some((removal) => follows(version, removal)) ||
    installs.some(
      (install) =>
        follows(install, version) && compareVersions(install.newVersion, version.version) >= 0,
    )
  );
}

/** Reads a version as dnf writes it; the epoch 0 is left out everywhere. */
export function withoutZeroEpoch(version: string): string {
  return version.replace(/^0:/, '');
}

export function unparsable(line: string): StepFailure {
  return new StepFailure(
    'PlanUnparsable',
    `dnf has written in a form that is not known: ${line.trim().slice(0, 300)}`,
    {
      remedy:
        'Nothing was changed. Report this line together with the version of dnf; patch this host by hand until it is read.',
    },
  );
}

function streamsWouldChange(heading: string): StepFailure {
  return new StepFailure('DependencyProblem', `the update would change modules: "${heading}"`, {
    remedy:
      'Run `dnf upgrade --assumeno` on the host, and enable the stream that it names with `dnf module enable` if it is wanted.',
  });
}
