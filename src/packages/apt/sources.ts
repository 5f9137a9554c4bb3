import type { Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { APT_ENVIRONMENT, pinned } from './arguments.ts';
import { inPortions } from './portions.ts';

/** The source package that a package was built from. */
export type SourceVersion = { name: string; version: string };

/** The sources of the new versions; a change is missing whose version no repository lists any more. */
export async function readSources(
  tools: HostTools,
  changes: readonly Change[],
): Promise<Map<Change, SourceVersion>> {
  const sources = new Map<string, SourceVersion>();
  for (const portion of inPortions(changes)) {
    const argv = ['apt-cache', 'show', '--', ...portion.map(pinned)] as const;
    const { stdout } = await tools.run([...argv], { env: APT_ENVIRONMENT });
    for (const [key, source] of parseSources(stdout)) sources.set(key, source);
  }
  const found = new Map<Change, SourceVersion>();
  for (const change of changes) {
    const source = sources.get(pinned(change));
    if (source !== undefined) found.set(change, source);
  }
  return found;
}

/**
 * Reads stanzas of a Packages file. `Source:` is missing when source and package have one name, and
 * has the version in brackets when the two differ: `linux-signed-amd64 (6.1.192+2)`.
 */
export function parseSources(stdout: string): Map<string, SourceVersion> {
  const sources = new Map<string, SourceVersion>();
  for (const stanza of stdout.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
    const [name, newVersion, architecture] = ['Package', 'Version', 'Architecture'].map(field);
    if (!name || !newVersion || !architecture) continue;
    const [, sourceName, sourceVersion] = /^(\S+)(?: \((\S+)\))?$/.exec(field('Source')) ?? [];
    sources.set(pinned({ name, architecture, newVersion }), {
      name: sourceName ?? name,
      version: sourceVersion ?? newVersion,
    });
  }
  return sources;
}
