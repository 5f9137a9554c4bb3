import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { runPackageTool } from './run.ts';

/** One package as dpkg's database has it. */
export type PackageState = {
  name: string;
  architecture: string;
  version: string;
  /**
   * dpkg's letters: what is wanted, the status, the error. `ii` is installed, `iU` unpacked,
   * `iF` half configured, `iHR` half installed and in need of a reinstallation.
   */
  abbreviation: string;
  sourceName: string;
  sourceVersion: string;
  installedBytes: number;
};

const FIELDS = [
  '${db:Status-Abbrev}',
  '${Package}',
  '${Architecture}',
  '${Version}',
  '${source:Package}',
  '${source:Version}',
  '${Installed-Size}',
];

/** Every package that dpkg knows of, also removed ones whose configuration files are left. */
export async function packageStates(tools: HostTools): Promise<PackageState[]> {
  const format = `${FIELDS.join('|')}\\n`;
  const { stdout } = await runPackageTool(
    tools,
    ['dpkg-query', '--show', `--showformat=${format}`],
    'the package database could not be read',
  );
  return parseStates(stdout);
}

/** Reads lines of {@link FIELDS}. No field can hold the bar: see Debian policy 5.6. */
export function parseStates(stdout: string): PackageState[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [abbreviation, name, architecture, version, sourceName, sourceVersion, kibibytes] =
        line.split('|');
      if (abbreviation === undefined || !name || architecture === undefined) {
        throw new Error(`dpkg-query wrote a line without its fields: ${line}`);
      }
      return {
        name,
        architecture,
        version: version ?? '',
        abbreviation: abbreviation.trimEnd(),
        sourceName: sourceName ?? name,
        sourceVersion: sourceVersion ?? '',
        installedBytes: Number(kibibytes ?? '') * 1024,
      };
    });
}

/** How apt names a package: the architecture only when it is a foreign one. */
export function aptName(entry: { name: string; architecture: string }, native: string): string {
  return [native, 'all'].includes(entry.architecture) ? entry.name : keyOf(entry);
}

/** Fully installed and not in error; `hi` is held. */
export function isInstalled({ abbreviation }: PackageState): boolean {
  return abbreviation[1] === 'i' && abbreviation.length === 2;
}

/** Not removed: dpkg knows files of it besides configuration files that a removal has left. */
export function hasFiles({ abbreviation }: PackageState): boolean {
  return !['n', 'c'].includes(abbreviation[1] ?? 'n');
}

/** Left behind by a run that did not end: half installed, unpacked, half configured, or with triggers to run. */
export function isInterrupted({ abbreviation }: PackageState): boolean {
  return /^.[HUFWt]/.test(abbreviation) || needsReinstallation(abbreviation);
}

export function needsReinstallation(abbreviation: string): boolean {
  return abbreviation[2] === 'R';
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  H: 'half installed',
  U: 'unpacked but not configured',
  F: 'half configured',
  W: 'waiting for triggers of other packages',
  t: 'with triggers that have not run',
};

/** A sentence for people about a package that is not in order. */
export function describeState(state: PackageState): string {
  const words = STATUS_WORDS[state.abbreviation[1] ?? ''] ?? 'in error';
  const again = needsReinstallation(state.abbreviation) ? ' and has to be unpacked again' : '';
  return `${keyOf(state)} ${state.version} is ${words}${again} (${state.abbreviation})`;
}
