import { readdirSync, type Dirent } from 'node:fs';
import { StepFailure } from '../domain/failure.ts';
import { errnoOf } from '../host/errno.ts';
import { makeBreathe } from './breathe.ts';
import { childOf, comparePaths, isWithin, type BytePath } from './byte-path.ts';
import type { Mounts } from './mounts.ts';
import { look } from './look.ts';
import type { Scope } from './scope.ts';
import { onDisk, type TreeRoot } from './tree-root.ts';

/**
 * How many paths a backup may cover. A host with every package installed has 300,000; the
 * comparison of then and now holds all of them in memory, 400 bytes each.
 */
export const ENTRIES_MAX = 500_000;

/** A path that exists, as a directory's listing has it. */
export type Listed = { path: BytePath; kind: 'directory' | 'socket' | 'other' };

/**
 * Everything that is in the scope's trees now, the trees themselves too, parents first. Left out:
 * what is excluded, mounts of file systems that are not the host's own disk, and files that are
 * mount points (a container's /etc/resolv.conf), since they cannot be replaced.
 * Fails with `BackupUnverifiable` beyond {@link ENTRIES_MAX} paths.
 */
export async function listTrees(
  root: TreeRoot,
  scope: Pick<Scope, 'trees' | 'excluded'>,
  mounts: Mounts,
): Promise<Listed[]> {
  const breathe = makeBreathe();
  const listed: Listed[] = [];
  const open: BytePath[] = [];

  function add(path: BytePath, kind: Listed['kind']): void {
    if (scope.excluded.some((place) => isWithin(path, place))) return;
    const mount = mounts.get(root.real(path));
    if (mount !== undefined && (kind !== 'directory' || !mount.onDevice)) return;
    listed.push({ path, kind });
    if (kind === 'directory') open.push(path);
    if (listed.length > ENTRIES_MAX) throw tooMany();
  }

  for (const tree of scope.trees) {
    const found = look(root, tree);
    // A tree of the host's own that is itself a mount of whatever kind was named by its owner.
    if (found?.isDirectory()) {
      listed.push({ path: tree, kind: 'directory' });
      open.push(tree);
    } else if (found !== null) {
      add(tree, found.isSocket() ? 'socket' : 'other');
    }
  }
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    await breathe();
    for (const entry of entriesOf(root, directory)) {
      const kind = entry.isDirectory() ? 'directory' : entry.isSocket() ? 'socket' : 'other';
      add(childOf(directory, entry.name), kind);
    }
  }
  return listed.sort((one, other) => comparePaths(one.path, other.path));
}

/** The paths that a backup of this scope made now holds, sorted. Sockets are nothing without their process. */
export async function listScope(root: TreeRoot, scope: Scope, mounts: Mounts): Promise<BytePath[]> {
  const inTrees = await listTrees(root, scope, mounts);
  const paths = inTrees.filter(({ kind }) => kind !== 'socket').map(({ path }) => path);
  for (const path of scope.paths) {
    const mount = mounts.get(root.real(path));
    if (mount === undefined || look(root, path)?.isDirectory()) paths.push(path);
  }
  if (paths.length > ENTRIES_MAX) throw tooMany();
  return paths.sort(comparePaths);
}

function entriesOf(root: TreeRoot, directory: BytePath): Dirent[] {
  try {
    return readdirSync(onDisk(root, directory), { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    // It went away since its parent was listed.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function tooMany(): StepFailure {
  return new StepFailure(
    'BackupUnverifiable',
    `The backup would cover more than ${ENTRIES_MAX} files.`,
    { remedy: "Name smaller directories in the policy's backup.paths, and start the cycle again." },
  );
}
