import { comparePaths, parentOf, toText, TOP, type BytePath } from './byte-path.ts';
import type { Entry } from './entry.ts';
import { extractKept, type KeptMembers } from './extract.ts';
import { holdDirectory, type HeldDirectory } from './held-directory.ts';
import { look } from './look.ts';
import type { Manifest } from './manifest.ts';
import { attempt, type Refusals } from './put-in-place.ts';
import type { TreeRoot } from './tree-root.ts';

/** Makes a member's name the directory that tar works in. */
const AS_ITSELF = ['--transform=s,.*,.,'];

/**
 * Gives directories the attributes that they have in the archive. One that somebody else than root
 * could have replaced by a link, or have moved, is held while that is done: tar, which goes by paths,
 * would give away what such a link leads to. What is no directory any more stays as it is.
 */
export async function putDirectoriesRight(
  root: TreeRoot,
  manifest: Manifest,
  kept: KeptMembers,
  refusals: Refusals,
): Promise<void> {
  const isSafe = makeSafetyCheck(root, manifest);
  const safe: KeptMembers = new Map();
  const others: [BytePath, Buffer[]][] = [];
  for (const [path, pieces] of kept) {
    if (!isSafe(path)) others.push([path, pieces]);
    else if (look(root, path)?.isDirectory()) safe.set(path, pieces);
  }
  // Before those above them, which may give their owners the right to move things.
  for (const [path, pieces] of others.toSorted((one, other) => comparePaths(other[0], one[0]))) {
    const held = hold(root, path, refusals);
    if (held === null) continue;
    try {
      await extractKept(new Map([[path, pieces]]), held.location, AS_ITSELF);
    } finally {
      held.close();
    }
  }
  await extractKept(safe, toText(root.directory));
}

function hold(root: TreeRoot, path: BytePath, refusals: Refusals): HeldDirectory | null {
  let held: HeldDirectory | null = null;
  attempt(path, refusals, () => (held = holdDirectory(root, path)));
  return held;
}

/** A function that says whether nobody else can, now or afterwards, change a name on the way to the path. */
function makeSafetyCheck(root: TreeRoot, { entries }: Manifest): (path: BytePath) => boolean {
  const owned = new Map<BytePath, boolean>();
  const then = new Map<BytePath, Entry>();
  for (const entry of entries) if (entry.type === 'directory') then.set(entry.path, entry);
  const isOwned = (directory: BytePath): boolean => {
    const found = look(root, directory);
    const before = then.get(directory);
    return (
      found?.isDirectory() === true && isOurs(found) && (before === undefined || isOurs(before))
    );
  };
  return function isSafe(path): boolean {
    if (path === TOP) return true;
    const above = parentOf(path);
    const known = owned.get(above) ?? (isOwned(above) && isSafe(above));
    owned.set(above, known);
    return known;
  };
}

/** An access control list that lets others write shows in the group's bits. */
function isOurs({ uid, mode }: { uid: number; mode: number }): boolean {
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}
