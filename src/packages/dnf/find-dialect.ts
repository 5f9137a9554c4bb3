import { basename } from 'node:path';
import type { Dialect } from './dialects/dialect.ts';
import { dnf4 } from './dialects/dnf4.ts';
import { dnf5 } from './dialects/dnf5.ts';

/** In this order: what `dnf` is, is what people and vendors mean by it. `yum` may be a link to it. */
export const DNF_PROGRAMS: readonly string[] = ['/usr/bin/dnf', '/usr/bin/dnf5', '/usr/bin/yum'];

const DIALECTS: readonly { dialect: Dialect; program: RegExp }[] = [
  { dialect: dnf5, program: /^dnf5$/ },
  { dialect: dnf4, program: /^dnf(?:-[23]|4)?$/ },
];

/**
 * The dialect of the dnf that is installed, or null. `resolve` answers the file that a program's
 * path leads to, or null where there is none.
 */
export async function findDialect(
  resolve: (path: string) => Promise<string | null>,
): Promise<Dialect | null> {
  for (const path of DNF_PROGRAMS) {
    const name = basename((await resolve(path)) ?? '');
    const found = DIALECTS.find(({ program }) => program.test(name));
    if (found !== undefined) return { ...found.dialect, program: basename(path) };
  }
  return null;
}
