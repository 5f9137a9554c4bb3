import {
  asBytePath,
  isWithin,
  comparePaths,
  fromText,
  parentOf,
  TOP,
  type BytePath,
} from './byte-path.ts';
import { makeBreathe } from './breathe.ts';
import { look } from './look.ts';
import { makeResolver } from './resolve-path.ts';
import type { TreeRoot } from './tree-root.ts';
import { StepFailure } from '../domain/failure.ts';
import type { Footprint } from '../packages/port.ts';

/** What a backup covers. Every path is resolved: its parent directories are real directories. */
export type Scope = {
  /** Directories that are covered whole. No tree lies in another one. */
  trees: BytePath[];
  /** Single paths outside of the trees that exist, and every directory above a path of this scope. */
  paths: BytePath[];
  /** Paths outside of the trees where nothing is now, and where a restore leaves nothing. */
  absent: BytePath[];
  /** Places of which nothing is covered, wherever they lie. */
  excluded: BytePath[];
};

/**
 * What no backup covers: what the kernel makes up, what does not outlive the boot, and what belongs
 * to whoever runs at the moment.
 */
export const NEVER_COVERED = ['/proc', '/sys', '/dev', '/run', '/tmp'];

/**
 * Resolves a package manager's footprint and the policy's paths. A policy's directory is covered
 * whole; a policy's path that does not exist is left alone.
 *
 * The last part of a path is never followed. A policy's path that is a symbolic link is refused
 * with `BadInput`, because backing up the link alone is not what anybody means by it.
 */
export async function resolveScope(
  root: TreeRoot,
  input: { footprint: Footprint; policyPaths: readonly string[]; excluded: readonly string[] },
): Promise<Scope> {
  const breathe = makeBreathe();
  const resolve = makeResolver(root);
  const excluded = input.excluded.map((path) => resolve(fromText(path)));
  const isCovered = (path: BytePath): boolean => !excluded.some((place) => isWithin(path, place));
  const trees = new Set<BytePath>();
  const single = new Set<BytePath>();
  const gone = new Set<BytePath>();

  for (const path of input.policyPaths) {
    const resolved = resolve(fromText(path));
    const found = look(root, resolved);
    if (found?.isSymbolicLink()) throw symbolicLink(path);
    if (found?.isDirectory()) trees.add(resolved);
    else if (found !== null) single.add(resolved);
  }
  for (const path of input.footprint.trees) {
    const resolved = resolve(fromText(path));
    const found = look(root, resolved);
    if (found === null || found.isDirectory()) trees.add(resolved);
    else single.add(resolved);
  }
  const ofPackages = [...input.footprint.paths, ...input.footprint.added].map(fromText);
  const links = new Map<BytePath, BytePath>();
  for (const path of ofPackages) {
    await breathe();
    const resolved = resolve(path);
    const found = look(root, resolved);
    if (found === null) gone.add(resolved);
    else if (!found.isSocket()) single.add(resolved);
    if (found?.isSymbolicLink()) links.set(path, resolved);
  }
  const below = belowLinks(ofPackages, links);

  const outermost = withoutNested([...trees].filter(isCovered));
  const isInTree = membership(outermost);
  for (const path of [...outermost, ...single, ...gone]) {
    for (let above = parentOf(path); !single.has(above); above = parentOf(above)) {
      if (look(root, above) !== null) single.add(above);
      if (above === TOP) break;
    }
  }
  const outside = (paths: ReadonlySet<BytePath>): BytePath[] =>
    [...paths].filter((path) => isCovered(path) && !isInTree(path)).sort(comparePaths);
  return {
    trees: outermost,
    paths: outside(single),
    absent: outside(new Set([...gone, ...below])),
    excluded,
  };
}

/**
 * Paths as they would lie if a package's links above them were directories, which a new version may
 * make of them: nothing is there now, and a restore empties such a directory for the link to come
 * back. Links at the top (`/lib`) are those of the merge into `/usr` and stay links.
 */
function belowLinks(
  paths: readonly BytePath[],
  links: ReadonlyMap<BytePath, BytePath>,
): Set<BytePath> {
  const below = new Set<BytePath>();
  for (const path of paths) {
    const parts: BytePath[] = [];
    for (let part = path; part !== TOP; part = parentOf(part)) {
      const link = links.get(part);
      if (link !== undefined && parentOf(link) !== TOP) {
        for (const one of parts) below.add(asBytePath(link + one.slice(part.length)));
      }
      parts.push(part);
    }
  }
  return below;
}

/** A function that says whether a path lies in one of the trees, in time of the path's depth. */
export function membership(trees: readonly BytePath[]): (path: BytePath) => boolean {
  const known = new Set<string>(trees);
  return (path) => {
    for (let above = path; ; above = parentOf(above)) {
      if (known.has(above)) return true;
      if (above === TOP) return false;
    }
  };
}

function withoutNested(trees: BytePath[]): BytePath[] {
  const kept: BytePath[] = [];
  for (const tree of trees.sort((one, other) => one.length - other.length)) {
    if (!membership(kept)(tree)) kept.push(tree);
  }
  return kept.sort(comparePaths);
}

function symbolicLink(path: string): StepFailure {
  return new StepFailure(
    'BadInput',
    `The policy's backup path ${path} is a symbolic link on this host, and a backup does not follow links.`,
    {
      remedy: `Name what it points to in the policy's backup.paths (readlink -f ${path}), and start the cycle again.`,
    },
  );
}
