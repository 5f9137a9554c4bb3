import { link, lstat, rename, rm } from 'node:fs/promises';
import { orIfMissing } from '../../host/errno.ts';
import type { InstallInput } from '../port.ts';

/**
 * Files that belong to a package (`setup`) as configuration, and hold what no package knows: the
 * host's users, disks and names. The package's are those of a host without any, and never wanted.
 */
const NEVER_REPLACED: readonly string[] = [
  '/etc/passwd',
  '/etc/shadow',
  '/etc/group',
  '/etc/gshadow',
  '/etc/subuid',
  '/etc/subgid',
  '/etc/fstab',
  '/etc/crypttab',
  '/etc/hosts',
];

/**
 * Gives edited configuration files the place that the policy wants. rpm decides by what the package
 * says: a file that is marked `noreplace` stays, and the package's is left aside as `.rpmnew`; any
 * other is replaced, and the administrator's is left aside as `.rpmsave`. With `keep` the
 * administrator's is in use afterwards, with `replace` the package's, but for
 * {@link NEVER_REPLACED}. Run again, also after a crash in its middle, it comes to the same end.
 */
export async function settleConfigFiles(
  leftAside: readonly string[],
  configFiles: InstallInput['configFiles'],
): Promise<void> {
  for (const { inUse, aside, other } of exchanges(leftAside, configFiles)) {
    await exchange(inUse, aside, other);
  }
}

/** Which files change places with those that were left aside, and under which ending those in use go. */
export function exchanges(
  leftAside: readonly string[],
  configFiles: InstallInput['configFiles'],
): { inUse: string; aside: string; other: string }[] {
  const [wanted, other] =
    configFiles === 'keep' ? ['.rpmsave', '.rpmnew'] : ['.rpmnew', '.rpmsave'];
  return leftAside
    .filter((path) => path.endsWith(wanted))
    .map((aside) => ({ inUse: aside.slice(0, -wanted.length), aside, other }))
    .filter(({ inUse }) => configFiles === 'keep' || !NEVER_REPLACED.includes(inUse));
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
