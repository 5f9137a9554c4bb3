import type { BigIntStats } from 'node:fs';
import { StepFailure } from '../domain/failure.ts';
import { makeBreathe } from './breathe.ts';
import { parentOf, type BytePath } from './byte-path.ts';
import { describeDifference, WRITTEN_AGAIN, type Difference } from './differences.ts';
import { absent, type Entry, type EntryType } from './entry.ts';
import { listTrees } from './list-tree.ts';
import { lookClosely } from './look.ts';
import type { Manifest } from './manifest.ts';
import { readMounts } from './mounts.ts';
import { readTree, TreeUnreadable } from './read-tree.ts';
import type { TreeRoot } from './tree-root.ts';

/** How a comparison went: what differs, in the order of the paths, and how many paths were looked at. */
export type Comparison = { differences: Difference[]; compared: number };

/** Services write into covered directories at times; what is written during three looks in a row never rests. */
const ATTEMPTS_MAX = 3;

/**
 * Compares a tree with a manifest of it.
 *
 * `thorough` reads the content of everything and tells every difference of a path: a proof.
 * Otherwise, to find out what has to be put back, a path that lstat(2) already shows to be different
 * is not read as well, and a directory's time of modification counts too.
 * Fails with `RestoreIncomplete` when the tree cannot be read or never rests.
 */
export async function compareWithManifest(
  root: TreeRoot,
  manifest: Manifest,
  { thorough }: { thorough: boolean },
): Promise<Comparison> {
  let changed = '';
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const comparison = await attemptComparison(root, manifest, thorough);
    if (!('changed' in comparison)) return comparison;
    changed = comparison.changed;
  }
  throw new StepFailure(
    'RestoreIncomplete',
    `The host's files cannot be compared with the backup, because they are written all the time: ${changed}.`,
    { remedy: 'Stop what writes them, and resolve the cycle with restore.' },
  );
}

async function attemptComparison(
  root: TreeRoot,
  manifest: Manifest,
  thorough: boolean,
): Promise<Comparison | { changed: string }> {
  const breathe = makeBreathe();
  const found = new Map<BytePath, Difference>();
  const then = new Map<BytePath, Entry>();
  const toRead: BytePath[] = [];
  /** Paths below which nothing can be; a link in the place of a directory leads to other things. */
  const closed = new Set<BytePath>();
  const note = (path: BytePath, before: Entry | null, now: Entry | null, why: string): void => {
    found.set(path, { path, then: before, now, why });
  };

  for (const entry of manifest.entries) {
    await breathe();
    then.set(entry.path, entry);
    const stats = closed.has(parentOf(entry.path)) ? null : lookClosely(root, entry.path);
    if (!stats?.isDirectory()) closed.add(entry.path);
    const now = stats === null ? null : entryOf(entry.path, stats);
    if (entry.type === 'absent') {
      if (now !== null) note(entry.path, entry, now, 'was added');
    } else if (now === null) {
      note(entry.path, entry, null, 'is missing');
    } else {
      // tar passes sockets over, so they must not get into its list.
      const socket = stats?.isSocket() ? 'is a socket now' : null;
      const why = socket ?? (thorough ? null : describeOutside(entry, now));
      if (why === null) toRead.push(entry.path);
      else note(entry.path, entry, now, why);
    }
  }

  const reading = await read(root, toRead, (now) => {
    const before = then.get(now.path) ?? absent(now.path);
    const why = describeDifference(before, now);
    if (why !== null) note(now.path, before, now, why);
  });
  if (!reading.steady) return reading;

  const extra = new Set<BytePath>();
  for (const { path, kind } of await listTrees(root, manifest, readMounts())) {
    // A socket in a directory that was there belongs to a process and never was in a backup.
    if (then.has(path) || (kind === 'socket' && !extra.has(parentOf(path)))) continue;
    extra.add(path);
    const type: EntryType = kind === 'directory' ? 'directory' : 'file';
    note(path, null, { ...absent(path), type }, 'was added');
  }
  return {
    differences: [...found.values()].sort((one, other) => (one.path < other.path ? -1 : 1)),
    compared: then.size + extra.size,
  };
}

async function read(
  root: TreeRoot,
  paths: readonly BytePath[],
  emit: (entry: Entry) => void,
): ReturnType<typeof readTree> {
  try {
    return await readTree(root, paths, emit);
  } catch (error) {
    if (!(error instanceof TreeUnreadable)) throw error;
    throw new StepFailure(
      'RestoreIncomplete',
      `The host's files cannot be compared with the backup: ${error.message.slice(0, 1_000)}`,
      { remedy: 'Mend what tar names, and resolve the cycle with restore.' },
    );
  }
}

/** What lstat(2) alone shows to differ. A hard link's own fields are those of its first name. */
function describeOutside(then: Entry, now: Entry): string | null {
  if (then.type === 'hard-link') return null;
  const size = then.type === 'file' ? then.sizeBytes : now.sizeBytes;
  const { sha256: _, target: _target, device: _device, attributes: _attributes, ...seen } = then;
  const moved =
    then.type === 'directory' && now.type === 'directory' && then.mtimeNs !== now.mtimeNs;
  return describeDifference({ ...seen, sizeBytes: size }, now) ?? (moved ? WRITTEN_AGAIN : null);
}

/** What lstat(2) tells of a path. */
function entryOf(path: BytePath, found: BigIntStats): Entry {
  return {
    path,
    type: typeOf(found),
    mode: Number(found.mode) & 0o7777,
    uid: Number(found.uid),
    gid: Number(found.gid),
    mtimeNs: found.mtimeNs.toString(),
    sizeBytes: found.isFile() ? Number(found.size) : 0,
  };
}

function typeOf(found: BigIntStats): EntryType {
  if (found.isDirectory()) return 'directory';
  if (found.isSymbolicLink()) return 'symlink';
  if (found.isFIFO()) return 'fifo';
  if (found.isCharacterDevice()) return 'character-device';
  if (found.isBlockDevice()) return 'block-device';
  return 'file';
}
