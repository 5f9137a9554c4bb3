import { commandFailure } from '../../host/command.ts';
import type { CommandResult, HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { remedyFor } from '../shared/remedies.ts';
import { verdict } from '../shared/verdict.ts';
import { compareVersions } from './compare-versions.ts';

/** One package as rpm's database has it. Kernels have several, one for each version. */
export type PackageState = {
  name: string;
  architecture: string;
  /** `[epoch:]version-release`; an epoch of 0 is left out, as in a plan. */
  version: string;
  installedBytes: number;
  /** The transaction that installed it, by its time in seconds; all packages of one have the same. */
  transaction: number;
};

const FIELDS = [
  '%{NAME}',
  '%{ARCH}',
  '%{EPOCHNUM}',
  '%{VERSION}',
  '%{RELEASE}',
  '%{LONGSIZE}',
  '%{INSTALLTID}',
];

export const STATES_FORMAT = `${FIELDS.join('|')}\\n`;

/** Every package that rpm knows of. Fails with `PackageStateBroken` where its database cannot be read whole. */
export async function packageStates(tools: HostTools): Promise<PackageState[]> {
  const result = await readDatabase(tools);
  if (!isReadable(result)) throw unreadable(result);
  if (skipsPackages(result)) throw damaged(result);
  return parseStates(result.stdout);
}

/** Whether rpm's database can be read at all; a run that was cut off may leave it otherwise. */
export async function isDatabaseReadable(tools: HostTools): Promise<boolean> {
  return isReadable(await readDatabase(tools));
}

function readDatabase(tools: HostTools): Promise<CommandResult> {
  return tools.run(['rpm', '--query', '--all', '--queryformat', STATES_FORMAT]);
}

function isReadable({ exitCode, truncated }: CommandResult): boolean {
  return exitCode === 0 && !truncated;
}

/** Whether rpm says that it passes over damaged entries, which it does with an exit status of 0. */
export function skipsPackages({ stderr }: Pick<CommandResult, 'stderr'>): boolean {
  return /^error: rpmdb.*\bskipping\b/m.test(stderr);
}

/** To build the database anew would lose just the packages whose entries are damaged. */
export function damaged(result: Parameters<typeof commandFailure>[2]): Error {
  return commandFailure(
    'PackageStateBroken',
    "rpm's database has entries that rpm cannot read: their packages would be neither seen nor updated",
    result,
    "Put the directory that `rpm --eval '%{_dbpath}'` names back from a backup of the host. Do not run `rpm --rebuilddb`: it throws away what it cannot read.",
  );
}

function unreadable(result: CommandResult): Error {
  return verdict(
    'PackageStateBroken',
    "rpm's database could not be read",
    result,
    remedyFor('PackageStateBroken', {
      PackageStateBroken: 'Run `rpm --rebuilddb` on the host and read what it says.',
    }),
  );
}

/** Reads lines of {@link FIELDS}. No field can hold the bar: rpmbuild refuses it in names and versions. */
export function parseStates(stdout: string): PackageState[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name, architecture, epoch, version, release, bytes, transaction] = line.split('|');
      if (!name || architecture === undefined || transaction === undefined) {
        throw new Error(`rpm wrote a line without its fields: ${line}`);
      }
      const prefix = epoch === '0' ? '' : `${epoch}:`;
      return {
        name,
        architecture,
        version: `${prefix}${version}-${release}`,
        installedBytes: Number(bytes),
        transaction: Number(transaction),
      };
    })
    .filter(({ name }) => name !== IMPORTED_KEY);
}

/** Under this name rpm keeps the keys that it trusts. */
const IMPORTED_KEY = 'gpg-pubkey';

/** The newest version of every package, by `name:architecture`. */
export function newestVersions(states: readonly PackageState[]): Map<string, string> {
  const versions = new Map<string, string>();
  for (const state of states.toSorted((a, b) => compareVersions(a.version, b.version))) {
    versions.set(keyOf(state), state.version);
  }
  return versions;
}

/** How rpm names exactly this one: `NAME-VERSION-RELEASE.ARCHITECTURE`, with the epoch where there is one. */
export function nevraOf(entry: { name: string; architecture: string; version: string }): string {
  return `${entry.name}-${entry.version}.${entry.architecture}`;
}
