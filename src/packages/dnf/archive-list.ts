import { StepFailure } from '../../domain/failure.ts';
import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { inPortions } from '../shared/portions.ts';
import { remedyFor } from '../shared/remedies.ts';
import { specOf } from './advisory-entry.ts';
import { archiveListArgv, splitFields } from './arguments.ts';
import type { Dialect } from './dialects/dialect.ts';
import { withoutZeroEpoch } from './parse-simulation.ts';
import { readPrimaryHashes } from './primary-hashes.ts';
import { runPackageTool } from './run.ts';

/** What a repository's list says of one archive. */
export type ListedArchive = { sizeBytes: number; installedBytes: number; sha256: string };

type Version = { name: string; architecture: string; newVersion: string; repository: string };

/** A row of the list; the hash is null where dnf does not say it. */
type Row = Version & { sizeBytes: number; installedBytes: number; sha256: string | null };

/**
 * Size and SHA-256 of every archive, by `name:architecture`. Asks no network.
 * Fails with `VersionVanished` where no list of its repository has one any more, and with
 * `PlanUnparsable` where that list has no SHA-256 for it: it could not be pinned.
 */
export async function listArchives(
  tools: HostTools,
  dialect: Dialect,
  versions: readonly Version[],
): Promise<Map<string, ListedArchive>> {
  const rows = await listRows(tools, dialect, versions);
  const found = versions.map((version) => {
    const row = rows.find((one) => isSame(one, version));
    if (row === undefined) throw vanished(version);
    return row;
  });
  const unhashed = found.filter(({ sha256 }) => sha256 === null);
  const hashes = await readPrimaryHashes(tools, dialect, unhashed);
  const listed = new Map<string, ListedArchive>();
  for (const row of found) {
    const sha256 = row.sha256 ?? hashes.get(keyOf(row));
    if (sha256 === undefined) throw notPinned(row);
    const { sizeBytes, installedBytes } = row;
    listed.set(keyOf(row), { sizeBytes, installedBytes, sha256 });
  }
  return listed;
}

/** What the versions take when they are installed, by `name:architecture`; what no list has any more is missing. */
export async function listInstalledBytes(
  tools: HostTools,
  dialect: Dialect,
  versions: readonly Version[],
): Promise<Map<string, number>> {
  const rows = await listRows(tools, dialect, versions);
  const found = rows.filter((row) => versions.some((version) => isSame(row, version)));
  return new Map(found.map((row) => [keyOf(row), row.installedBytes]));
}

async function listRows(
  tools: HostTools,
  dialect: Dialect,
  versions: readonly Version[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const portion of inPortions(versions)) {
    const argv = archiveListArgv(dialect, portion.map(specOf));
    const what = 'the archives of the plan could not be listed';
    const { stdout } = await runPackageTool(tools, argv, what);
    rows.push(...parseArchiveList(dialect, stdout));
  }
  return rows;
}

/** Lines of the dialect's `archiveFields`. */
export function parseArchiveList(dialect: Dialect, stdout: string): Row[] {
  return splitFields(stdout).map((fields) => {
    const [name = '', architecture = '', version = '', repository = ''] = fields;
    const [size, installedSize] = fields.slice(4);
    return {
      name,
      architecture,
      newVersion: withoutZeroEpoch(version),
      repository,
      sizeBytes: Number(size),
      installedBytes: Number(installedSize),
      // The bytes of a hash may look like a bar.
      sha256: dialect.parseHash(fields.slice(6).join('|')),
    };
  });
}

/** Two repositories may offer one version, built twice. */
function isSame(one: Version, other: Version): boolean {
  const same = keyOf(one) === keyOf(other) && one.newVersion === other.newVersion;
  return same && one.repository === other.repository;
}

function vanished(version: Version): StepFailure {
  return new StepFailure(
    'VersionVanished',
    `no list of the repository ${version.repository} has ${specOf(version)}`,
    { remedy: remedyFor('VersionVanished') },
  );
}

function notPinned(version: Version): StepFailure {
  return new StepFailure(
    'PlanUnparsable',
    `no list of the repository ${version.repository} has a SHA-256 for ${specOf(version)}`,
    {
      remedy:
        'A plan pins every archive by its SHA-256. Have the repository publish one that can be read, or exclude this package in /etc/dnf/dnf.conf.',
    },
  );
}
