import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orIfMissing } from '../../host/errno.ts';
import type { ExcludedVersion } from '../port.ts';

/** The host's own preferences, which apt would read if it were not told to read another file. */
const HOST_PREFERENCES = '/etc/apt/preferences';

/**
 * Lends `work` the options with which apt knows these versions but never installs them, and the
 * host's own preferences all the same.
 */
export async function withExclusions<T>(
  excluded: readonly ExcludedVersion[],
  work: (options: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  if (excluded.length === 0) return work({});
  // 0700 and of a random name: nobody else can have planted something there.
  const directory = await mkdtemp(join(tmpdir(), 'patchcycle-preferences-'));
  try {
    const own = await orIfMissing(readFile(HOST_PREFERENCES, 'utf8'), '');
    const file = join(directory, 'preferences');
    await writeFile(file, `${exclusionsText(excluded)}\n${own}`);
    return await work({ 'Dir::Etc::Preferences': file });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/**
 * Of the records that name a version the first one counts, so these come first. Without `:any` a
 * name stands for the native architecture alone.
 */
export function exclusionsText(excluded: readonly ExcludedVersion[]): string {
  return excluded
    .map(({ name, version }) => `Package: ${name}:any\nPin: version ${version}\nPin-Priority: -1\n`)
    .join('\n');
}
