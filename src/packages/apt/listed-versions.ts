import type { Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { APT_ENVIRONMENT, pinned } from './arguments.ts';
import { inPortions } from '../shared/portions.ts';

/** What a repository's list says of one version of a package. */
export type ListedVersion = {
  /** The source package that it was built from. */
  sourceName: string;
  sourceVersion: string;
  /** What it takes when it is unpacked, to within a KiB a file. */
  installedBytes: number;
};

/** The new versions as the lists have them; a change is missing whose version no list has any more. */
export async function readListedVersions(
  tools: HostTools,
  changes: readonly Change[],
): Promise<Map<Change, ListedVersion>> {
  const listed = new Map<string, ListedVersion>();
  for (const portion of inPortions(changes)) {
    const argv = ['apt-cache', 'show', '--', ...portion.map(pinned)] as const;
    const { stdout } = await tools.run([...argv], { env: APT_ENVIRONMENT });
    for (const [key, version] of parseListedVersions(stdout)) listed.set(key, version);
  }
  const found = new Map<Change, ListedVersion>();
  for (const change of changes) {
    const version = listed.get(pinned(change));
    if (version !== undefined) found.set(change, version);
  }
  return found;
}

/**
 * Reads stanzas of a Packages file. `Source:` is missing when source and package have one name, and
 * has the version in brackets when the two differ: `linux-signed-amd64 (6.1.192+2)`.
 */
export function parseListedVersions(stdout: string): Map<string, ListedVersion> {
  const listed = new Map<string, ListedVersion>();
  for (const stanza of stdout.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const [name, newVersion, architecture] = ['Package', 'Version', 'Architecture'].map(field);
    if (!name || !newVersion || !architecture) continue;
    const [, sourceName, sourceVersion] = /^(\S+)(?: \((\S+)\))?$/.exec(field('Source')) ?? [];
    listed.set(pinned({ name, architecture, newVersion }), {
      sourceName: sourceName ?? name,
      sourceVersion: sourceVersion ?? newVersion,
      installedBytes: Number(field('Installed-Size')) * 1024,
    });
  }
  return listed;
}
