import { StepFailure } from '../../domain/failure.ts';

/** One package that apt says it would unpack. */
export type SimulatedInstall = {
  name: string;
  architecture: string;
  /** null when the package is not on the host. */
  oldVersion: string | null;
  newVersion: string;
  /** Every repository that offers this version, as apt writes them: `Debian-Security:12/oldstable-security`, comma between two. */
  origins: string;
};

/** One package that apt says it would remove; the architecture is null for the host's own. */
export type SimulatedRemoval = { name: string; architecture: string | null; oldVersion: string };

export type Simulation = {
  installs: SimulatedInstall[];
  removals: SimulatedRemoval[];
  /** Packages that have a newer version which apt leaves alone; with `:architecture` when foreign. */
  keptBack: string[];
};

/**
 * `Inst NAME [OLD] (NEW ORIGINS [ARCH]) [NOISE]`. Without `[OLD]` the package is new. The noise,
 * `[perl:amd64 ]` or `[]`, names packages that are broken at that moment of the run and says nothing
 * about this one. The first words are not translated.
 */
const INSTALL = /^Inst (\S+) (?:\[([^\]]*)\] )?\((\S+) (.*?)\[(\S+)\]\)/;

/** `Remv NAME [OLD]`, or `Purg` when the configuration files go too; noise as above. */
const REMOVAL = /^(?:Remv|Purg) (\S+) \[([^\]]*)\]/;

/** Headings, in LC_ALL=C, above indented lists of packages that are left as they are. */
const KEPT_BACK = [
  'The following packages have been kept back:',
  'The following upgrades have been deferred due to phasing:',
];

/**
 * Reads what `apt-get -s` printed. Throws `PlanUnparsable` with the line when a line that announces
 * a change cannot be read: a plan that has lost a line must not be approved.
 */
export function parseSimulation(stdout: string): Simulation {
  const lines = stdout.split('\n');
  return {
    installs: lines.filter((line) => line.startsWith('Inst ')).map(parseInstall),
    removals: unique(lines.filter((line) => /^(Remv|Purg) /.test(line)).map(parseRemoval)),
    keptBack: parseKeptBack(lines),
  };
}

function parseInstall(line: string): SimulatedInstall {
  const [, qualifiedName, oldVersion, newVersion, origins, architecture] = INSTALL.exec(line) ?? [];
  if (qualifiedName === undefined || newVersion === undefined || architecture === undefined) {
    throw unparsable(line);
  }
  return {
    name: splitName(qualifiedName).name,
    architecture,
    oldVersion: oldVersion ?? null,
    newVersion,
    origins: (origins ?? '').trim(),
  };
}

function parseRemoval(line: string): SimulatedRemoval {
  const [, qualifiedName, oldVersion] = REMOVAL.exec(line) ?? [];
  if (qualifiedName === undefined || !oldVersion) throw unparsable(line);
  return { ...splitName(qualifiedName), oldVersion };
}

/** `libc6:i386` is a foreign package, `libc6` one of the host's own architecture. */
export function splitName(qualifiedName: string): { name: string; architecture: string | null } {
  const [name = '', architecture] = qualifiedName.split(':');
  return { name, architecture: architecture ?? null };
}

function parseKeptBack(lines: readonly string[]): string[] {
  const names: string[] = [];
  let below = false;
  for (const line of lines) {
    if (KEPT_BACK.includes(line)) below = true;
    else if (!line.startsWith('  ')) below = false;
    else if (below) names.push(...line.trim().split(/\s+/));
  }
  return names;
}

/** A purge may be announced twice, once as a removal. */
function unique(removals: readonly SimulatedRemoval[]): SimulatedRemoval[] {
  const byName = new Map(removals.map((one) => [`${one.name}:${one.architecture ?? ''}`, one]));
  return [...byName.values()];
}

function unparsable(line: string): StepFailure {
  return new StepFailure(
    'PlanUnparsable',
    `apt announced a change in a form that is not known: ${line.slice(0, 300)}`,
    {
      remedy:
        'Nothing was changed. Report this line together with the version of apt; patch this host by hand until it is read.',
    },
  );
}
