import { StepFailure } from '../../domain/failure.ts';
import type { HostTools } from '../../host/tools.ts';
import { archiveName } from './archive-name.ts';
import { archiveListArgv } from './arguments.ts';
import { inPortions } from '../shared/portions.ts';
import { runPackageTool } from './run.ts';
import { keyOf } from '../shared/key-of.ts';

/** What a repository's signed list says of one archive. */
export type ListedArchive = { file: string; sizeBytes: number; sha256: string };

type Version = { name: string; architecture: string; newVersion: string };

/**
 * Name, size and SHA-256 of every archive, by `name:architecture`. Asks no network.
 * Fails with `PlanUnparsable` where a list has no SHA-256 for one: it could not be pinned.
 */
export async function listArchives(
  tools: HostTools,
  versions: readonly Version[],
): Promise<Map<string, ListedArchive>> {
  const listed = new Map<string, ListedArchive>();
  for (const portion of inPortions(versions)) {
    const { stdout } = await runPackageTool(
      tools,
      archiveListArgv(portion),
      'the archives of the plan could not be listed',
    );
    const byFile = parseArchiveList(stdout);
    for (const version of portion) {
      const archive = byFile.get(archiveName(version));
      if (archive === undefined) throw notPinned(version);
      listed.set(keyOf(version), archive);
    }
  }
  return listed;
}

/**
 * Lines of `apt-get --print-uris`: `'URL' FILE SIZE SHA256:HASH`, by the file's name. apt prints the
 * strongest hash that the list has; where that is another one (SHA512 in a repository without
 * SHA256, or MD5), the line is left out.
 */
export function parseArchiveList(stdout: string): Map<string, ListedArchive> {
  const byFile = new Map<string, ListedArchive>();
  for (const line of stdout.split('\n')) {
    const [, file, size, sha256] = /^'[^']*' (\S+) (\d+) SHA256:([0-9a-f]{64})$/.exec(line) ?? [];
    if (file === undefined || sha256 === undefined) continue;
    byFile.set(file, { file, sizeBytes: Number(size), sha256 });
  }
  return byFile;
}

function notPinned(version: Version): StepFailure {
  return new StepFailure(
    'PlanUnparsable',
    `no repository lists a SHA-256 for ${keyOf(version)} ${version.newVersion}`,
    {
      remedy:
        'A plan pins every archive by its SHA-256. Have the repository publish one, or hold this package with apt-mark.',
    },
  );
}
