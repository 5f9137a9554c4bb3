import { access, constants, realpath } from 'node:fs/promises';
import { StepFailure } from '../domain/failure.ts';
import { orIfMissing } from '../host/errno.ts';
import { readDistributions, readOsRelease } from '../host/os-release.ts';
import type { HostTools } from '../host/tools.ts';
import { createApt } from './apt/index.ts';
import { DNF_PROGRAMS, findDialect } from './dnf/find-dialect.ts';
import { createDnf } from './dnf/index.ts';
import type { MakePackageManager, PackageManager } from './port.ts';

/** What the choice is made from. */
export type InstalledTools = {
  /** The file that a program's path leads to; null where there is none that can be run. */
  resolve: (path: string) => Promise<string | null>;
  /** The distribution's own name and those of the distributions that it is like. */
  distributions: () => Promise<string[]>;
  /** As the distribution calls itself. */
  name: () => Promise<string>;
};

type Family = {
  name: string;
  /** How the distributions call themselves whose packages these are. */
  distributions: readonly string[];
  programs: readonly string[];
  find: (tools: InstalledTools) => Promise<MakePackageManager | null>;
};

const FAMILIES: readonly Family[] = [
  {
    name: 'apt',
    distributions: ['debian', 'ubuntu'],
    programs: ['/usr/bin/apt-get', '/usr/bin/dpkg'],
    find: async ({ resolve }) => {
      const found = await Promise.all(['/usr/bin/apt-get', '/usr/bin/dpkg'].map(resolve));
      return found.includes(null) ? null : (tools) => createApt(tools);
    },
  },
  {
    name: 'dnf',
    distributions: ['rhel', 'fedora', 'centos'],
    programs: [...DNF_PROGRAMS, '/usr/bin/rpm'],
    find: async ({ resolve }) => {
      const dialect = await findDialect(resolve);
      if (dialect === null || (await resolve('/usr/bin/rpm')) === null) return null;
      return (tools) => createDnf(tools, dialect);
    },
  },
];

/**
 * The manager of this host's packages. What is installed decides, not the distribution's name:
 * derivatives have many names and the same tools. Only where the tools of two families are installed
 * the name decides between them. Fails with `UnsupportedHost`, saying what was seen.
 */
export async function choosePackageManager(
  tools: HostTools,
  installed: InstalledTools = THIS_HOST,
): Promise<PackageManager> {
  const found: { family: Family; make: MakePackageManager }[] = [];
  for (const family of FAMILIES) {
    const make = await family.find(installed);
    if (make !== null) found.push({ family, make });
  }
  if (found.length === 0) throw await nothingKnown(installed);
  const [only, ...others] =
    found.length === 1 ? found : ofDistribution(found, await installed.distributions());
  if (only === undefined || others.length > 0) throw await ambiguous(installed);
  return only.make(tools);
}

/** The families that a distribution names itself after: by its own name, else by those that it is like. */
function ofDistribution<T extends { family: Family }>(
  found: readonly T[],
  distributions: readonly string[],
): T[] {
  const [own = '', ...like] = distributions;
  const named = (names: readonly string[]) =>
    found.filter(({ family }) => names.some((name) => family.distributions.includes(name)));
  const byOwnName = named([own]);
  return byOwnName.length > 0 ? byOwnName : named(like);
}

/** Tools of other families, for the sentence that says what was seen. */
const FURTHER_PROGRAMS = [
  '/usr/bin/yum',
  '/usr/bin/microdnf',
  '/usr/bin/zypper',
  '/usr/bin/pacman',
];

async function nothingKnown(installed: InstalledTools): Promise<StepFailure> {
  const name = await installed.name();
  const lookedFor = FAMILIES.flatMap(({ programs }) => programs).join(', ');
  const seen = await seenOf(installed, FURTHER_PROGRAMS);
  // A yum that is no link to dnf is yum 3.
  const yum = seen.includes('/usr/bin/yum')
    ? ' yum 3 is not supported: its distributions have a C library that is too old for Node 24.'
    : '';
  return new StepFailure('UnsupportedHost', `${name} has no package tools that are known here`, {
    remedy: `Looked for: ${lookedFor}. Seen: ${seen.join(', ') || 'none of any family'}.${yum}`,
  });
}

async function ambiguous(installed: InstalledTools): Promise<StepFailure> {
  const programs = FAMILIES.flatMap((family) => family.programs);
  const seen = await seenOf(installed, programs);
  const distributions = (await installed.distributions()).join(', ') || 'nothing';
  return new StepFailure(
    'UnsupportedHost',
    `${await installed.name()} has the package tools of two families, and its os-release does not say which are its own`,
    {
      remedy: `Seen: ${seen.join(', ')}; ID and ID_LIKE in os-release: ${distributions}. Remove the tools that are not the distribution's own.`,
    },
  );
}

async function seenOf(installed: InstalledTools, programs: readonly string[]): Promise<string[]> {
  const files = await Promise.all(programs.map((program) => installed.resolve(program)));
  return programs.filter((_, index) => files[index] !== null);
}

const THIS_HOST: InstalledTools = {
  resolve: async (path) => {
    const file = await orIfMissing(realpath(path), null);
    if (file === null) return null;
    return access(file, constants.X_OK).then(
      () => file,
      () => null,
    );
  },
  distributions: readDistributions,
  name: async () => (await readOsRelease()).name,
};
