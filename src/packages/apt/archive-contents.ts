import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Change } from '../../domain/plan.ts';
import { writeFileAtomically } from '../../host/atomic-file.ts';
import { orIfMissing } from '../../host/errno.ts';
import { readArchive, type ArchiveEntry } from './archive-stream.ts';
import { archivePath } from '../shared/archives.ts';
import { parseChangelog } from './changelog.ts';

/**
 * What is wanted to know of an archive: the paths that it would bring, and what its changelog
 * names. Unpacking an archive takes seconds, so it is kept beside it as `ARCHIVE.contents.json`.
 */
const ArchiveContents = z.object({
  /** The archive's own hash, so that another archive of the same name is not taken for it. */
  sha256: z.string(),
  paths: z.array(
    z.object({ path: z.string(), type: z.enum(['file', 'directory', 'link', 'other']) }),
  ),
  /** The newest entries of the changelog; null when the archive has none. */
  changelog: z
    .array(
      z.object({
        version: z.string(),
        // What an agent of an earlier version has read has none.
        severity: z.enum(['critical', 'high']).nullable().default(null),
        cves: z.array(z.string()),
        notices: z.array(z.string()),
      }),
    )
    .nullable(),
});
export type ArchiveContents = z.infer<typeof ArchiveContents>;

/** The newest 2 MB of a changelog reach back years; the kernel's has 6. */
const CHANGELOG_BYTES_MAX = 2 * 1024 * 1024;
/** No host is so far behind. */
const ENTRIES_MAX = 400;

/** The package's own changelog; `changelog.gz` is it only in packages without the other one. */
const CHANGELOG = /^\/usr\/share\/doc\/[^/]+\/changelog(?:\.Debian(?:\.[^./]+)?)?(?:\.gz)?$/;

/** Fails with `HashMismatch` when dpkg cannot read the archive. */
export async function archiveContents(change: Change, directory: string): Promise<ArchiveContents> {
  const file = archivePath(change, directory);
  const cache = `${file}.contents.json`;
  const cached = await orIfMissing(readFile(cache, 'utf8'), null);
  if (cached !== null) {
    const contents = ArchiveContents.parse(JSON.parse(cached));
    if (contents.sha256 === change.sha256) return contents;
  }
  const read = await readArchive(file, ({ path }) => CHANGELOG.test(path), CHANGELOG_BYTES_MAX);
  const contents: ArchiveContents = {
    sha256: change.sha256,
    paths: read.entries.map(({ path, type }: ArchiveEntry) => ({ path, type })),
    changelog: chooseChangelog(read.contents),
  };
  await writeFileAtomically(cache, JSON.stringify(contents));
  return contents;
}

function chooseChangelog(contents: ReadonlyMap<string, string>): ArchiveContents['changelog'] {
  const paths = [...contents.keys()].toSorted();
  const chosen = paths.find((path) => path.includes('/changelog.Debian')) ?? paths[0];
  const text = chosen === undefined ? undefined : contents.get(chosen);
  if (text === undefined) return null;
  const entries = parseChangelog(text).slice(0, ENTRIES_MAX);
  // An upstream changelog in another form names no Debian version at all.
  return entries.length === 0 ? null : entries;
}
