import { readFile } from 'node:fs/promises';
import { orIfMissing } from '../../host/errno.ts';

const INFO = '/var/lib/dpkg/info';

/**
 * The paths of an installed package, directories among them, as dpkg's database has them: `/lib/x`
 * also where `/lib` is a link. Empty when the package is not installed.
 */
export async function readFileList(
  { name, architecture }: { name: string; architecture: string },
  native: string,
): Promise<string[]> {
  // The architecture is in the name for packages that can be installed for several at once. The
  // installed version may have another one than the new version.
  for (const stem of [`${name}:${architecture}`, `${name}:${native}`, name]) {
    const text = await orIfMissing(readFile(`${INFO}/${stem}.list`, 'utf8'), null);
    if (text !== null) return text.split('\n').filter((path) => path !== '' && path !== '/.');
  }
  return [];
}

/** `[from, to]` of every diversion: the file of `from` lies at `to` for all packages but one; see dpkg-divert(1). */
export async function readDiversions(): Promise<Map<string, string>> {
  const lines = (await orIfMissing(readFile('/var/lib/dpkg/diversions', 'utf8'), '')).split('\n');
  const diversions = new Map<string, string>();
  for (let index = 0; index + 2 < lines.length; index += 3) {
    const [from, to] = lines.slice(index, index + 2);
    if (from !== undefined && to !== undefined) diversions.set(from, to);
  }
  return diversions;
}
