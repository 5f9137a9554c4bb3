import { readFile } from 'node:fs/promises';
import { orIfMissing } from '../../host/errno.ts';
import type { HostTools } from '../../host/tools.ts';
import { inPortions } from '../shared/portions.ts';

/**
 * What marks packages that are installed beside their older versions and never in their place:
 * dnf's own defaults. Names, and names that such packages provide.
 */
const DEFAULTS = [
  'kernel',
  'kernel-PAE',
  'installonlypkg(kernel)',
  'installonlypkg(kernel-module)',
  'installonlypkg(vm)',
  'multiversion(kernel)',
];

const CONFIGURATION = '/etc/dnf/dnf.conf';

/** Those of these installed packages that may have several versions at once, by name. */
export async function installOnlyNames(
  tools: HostTools,
  names: readonly string[],
): Promise<Set<string>> {
  const marks = new Set([...DEFAULTS, ...parseInstallOnly(await readConfiguration())]);
  const found = new Set<string>();
  for (const portion of inPortions(names)) {
    const format = '[%{=NAME}|%{PROVIDENAME}\\n]';
    const argv = ['rpm', '--query', '--queryformat', format, '--', ...portion] as const;
    const { stdout } = await tools.run([...argv]);
    for (const line of stdout.split('\n')) {
      const [name = '', provided = ''] = line.split('|');
      if (marks.has(provided)) found.add(name);
    }
  }
  return found;
}

function readConfiguration(): Promise<string> {
  return orIfMissing(readFile(CONFIGURATION, 'utf8'), '');
}

/** What `installonlypkgs` of dnf's configuration adds; commas and blanks part its words, and lines may go on indented. */
export function parseInstallOnly(text: string): string[] {
  const [, value = ''] = /^installonlypkgs *[=:] *(.*(?:\n[ \t]+.*)*)$/m.exec(text) ?? [];
  return value.split(/[\s,]+/).filter((word) => word !== '');
}
