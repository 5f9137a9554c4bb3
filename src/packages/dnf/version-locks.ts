import { readFile } from 'node:fs/promises';
import { orIfMissing } from '../../host/errno.ts';
import type { Dialect } from './dialects/dialect.ts';

/** Where the plugin versionlock of dnf 4 keeps its locks, unless its settings say another place. */
const LOCK_LIST = '/etc/dnf/plugins/versionlock.list';

/**
 * Patterns of the names that have a lock which this dialect's queries do not know of. A lock that
 * is no use, since the plugin is not installed, is among them: it keeps nothing back.
 */
export async function readLocks({ lockSettings }: Dialect): Promise<RegExp[]> {
  if (lockSettings === null) return [];
  const settings = await orIfMissing(readFile(lockSettings, 'utf8'), '');
  const list = /^locklist *[=:] *(\/.*)$/m.exec(settings)?.[1]?.trim() ?? LOCK_LIST;
  const text = await orIfMissing(readFile(list, 'utf8'), '');
  return text.split('\n').flatMap(parseLock).map(toPattern);
}

/** `locked-0:1-1.*`, with `!` before what is excluded, or a name alone; see dnf-versionlock(8). */
export function parseLock(line: string): string[] {
  const spec = line.trim().replace(/^!/, '');
  if (spec === '' || /\s/.test(spec) || spec.startsWith('#')) return [];
  return [/^(.+)-(?:[\d*]+:)?[^-:]+-[^-]+$/.exec(spec)?.[1] ?? spec];
}

/** The patterns of a shell that the plugin takes: `kernel*`. */
function toPattern(name: string): RegExp {
  const escaped = name.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
