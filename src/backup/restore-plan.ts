import { parentOf, type BytePath } from './byte-path.ts';
import { sentence, WRITTEN_AGAIN, type Difference } from './differences.ts';
import type { Entry } from './entry.ts';
import type { Manifest } from './manifest.ts';

/** What a restore does, decided before it touches anything. Every list is in the order of the paths. */
export type RestorePlan = {
  /** Things that stand where a thing of another kind belongs; they go before anything comes. */
  inTheWay: BytePath[];
  /** Directories that are missing. */
  missingDirectories: Entry[];
  /** Files, links and pipes that come out of the archive. */
  replaced: Entry[];
  /** What the change added; it goes last, when everything old is back. */
  added: BytePath[];
  /** Directories whose mode, owner or time of modification is not, or will not be, as it was. */
  directories: Set<BytePath>;
  /** How many paths are put back, directories that only lose their time of modification not counted. */
  restored: number;
  /** Sentences about what cannot be put back without a person. */
  refused: string[];
};

/** Plans how to make a tree as its manifest says. */
export function planRestore(manifest: Manifest, differences: readonly Difference[]): RestorePlan {
  const plan: RestorePlan = {
    inTheWay: [],
    missingDirectories: [],
    replaced: [],
    added: [],
    directories: new Set(),
    restored: 0,
    refused: [],
  };
  const toReplace = new Set<BytePath>();
  const obstacles = new Set<BytePath>();
  for (const difference of differences) {
    const { path, then, now } = difference;
    if (then === null || then.type === 'absent') {
      plan.added.push(path);
      continue;
    }
    if (then.type === 'directory') {
      if ((then.others ?? 0) > 0 && now !== null && now.type !== 'directory') {
        plan.refused.push(
          `${sentence(difference)} The backup does not cover everything that was in it.`,
        );
        continue;
      }
      if (now !== null && now.type !== 'directory') obstacles.add(path);
      if (now?.type !== 'directory') plan.missingDirectories.push(then);
      plan.directories.add(path);
      if (now === null || difference.why !== WRITTEN_AGAIN) plan.restored += 1;
      continue;
    }
    if (now?.type === 'directory') obstacles.add(path);
    toReplace.add(path);
  }
  addWholeGroups(manifest, toReplace);
  plan.replaced = manifest.entries.filter(({ path }) => toReplace.has(path));
  plan.restored += plan.replaced.length;
  moveObstacles(plan, obstacles);
  for (const { path } of [...plan.replaced, ...plan.missingDirectories]) {
    plan.directories.add(parentOf(path));
  }
  for (const path of [...plan.added, ...plan.inTheWay]) plan.directories.add(parentOf(path));
  return plan;
}

/** Names of one file come out of the archive together, or they would not be one file afterwards. */
function addWholeGroups(manifest: Manifest, toReplace: Set<BytePath>): void {
  const torn = new Set<string>();
  for (const entry of manifest.entries) {
    if (entry.type !== 'hard-link' || entry.target === undefined) continue;
    if (toReplace.has(entry.path)) torn.add(entry.target);
  }
  for (const entry of manifest.entries) {
    if (entry.type !== 'hard-link' || entry.target === undefined) continue;
    if (toReplace.has(entry.target as BytePath)) torn.add(entry.target);
  }
  for (const first of torn) toReplace.add(first as BytePath);
  for (const entry of manifest.entries) {
    if (entry.type === 'hard-link' && torn.has(entry.target ?? '')) toReplace.add(entry.path);
  }
}

/** Whatever is added inside a directory that must go, goes with it. */
function moveObstacles(plan: RestorePlan, obstacles: ReadonlySet<BytePath>): void {
  if (obstacles.size === 0) return;
  const isBelowObstacle = (path: BytePath): boolean => {
    for (let above = path; above !== '/'; above = parentOf(above)) {
      if (obstacles.has(above)) return true;
    }
    return false;
  };
  plan.inTheWay = [...plan.added.filter(isBelowObstacle), ...obstacles].sort();
  plan.added = plan.added.filter((path) => !isBelowObstacle(path));
}
