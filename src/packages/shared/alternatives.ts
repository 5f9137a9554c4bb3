import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfMissing } from '../../host/errno.ts';

/** The links that update-alternatives keeps, which no package owns; `folder` has a file for each. */
export async function readAlternatives(folder: string): Promise<string[]> {
  const names = await orIfMissing(readdir(folder), []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap(parseAlternative);
}

/**
 * Reads one file of update-alternatives: `auto` or `manual`, the link, then pairs of a slave's name
 * and its link, an empty line, and the candidates, which are packages' own files.
 */
export function parseAlternative(text: string): string[] {
  const [, link, ...rest] = text.split('\n');
  const end = rest.indexOf('');
  const slaves = rest.slice(0, end === -1 ? 0 : end).filter((_, index) => index % 2 === 1);
  return [link, ...slaves].filter((path) => path?.startsWith('/')).map(String);
}
