import { link, lstat, rename, rm } from 'node:fs/promises';
import { orIfMissing } from '../../host/errno.ts';
import type { InstallInput } from '../port.ts';

/**
 * Gives edited configuration files the place that the policy wants. rpm decides by what the package
 * says: a file that is marked `noreplace` stays, and the package's is left aside as `.rpmnew`; any
 * other is replaced, and the administrator's is left aside as `.rpmsave`. With `keep` the
 * administrator's is in use afterwards, with `replace` the package's. Run again, also after a crash
 * in its middle, it comes to the same end.
 */
export async function settleConfigFiles(
  leftAside: readonly string[],
  configFiles: InstallInput['configFiles'],
): Promise<void> {
  const [wanted, other] =
    configFiles === 'keep' ? ['.rpmsave', '.rpmnew'] : ['.rpmnew', '.rpmsave'];
  for (const path of leftAside.filter((one) => one.endsWith(wanted))) {
    await exchange(path.slice(0, -wanted.length), path, other);
  }
}

/** There is a whole file in use at every moment. */
async function exchange(inUse: string, aside: string, ending: string): Promise<void> {
  const entry = await orIfMissing(lstat(inUse), null);
  // The package has it no more: what was left aside is all that there is.
  if (entry === null || entry.isDirectory()) return;
  await rm(`${inUse}${ending}`, { force: true });
  await link(inUse, `${inUse}${ending}`);
  await rename(aside, inUse);
}
