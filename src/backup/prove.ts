import type { HostTools } from '../host/tools.ts';
import { readdirSync } from 'node:fs';
import { toText } from './byte-path.ts';
import { compareWithManifest } from './compare.ts';
import { sentence, WRITTEN_AGAIN, type Difference } from './differences.ts';
import type { OpenBackup } from './record.ts';
import { onDisk, type TreeRoot } from './tree-root.ts';

/** How a host stands to its backup. */
export type Proof = {
  exact: boolean;
  entriesCompared: number;
  /** One sentence for each difference, and one that counts those for which there is no room. */
  differences: string[];
  /**
   * Directories that the change added and that a restore left, because programs wrote into them
   * meanwhile. That is what a package manager does too, and no difference.
   */
  leftFilled: string[];
  /**
   * Files that were written again since the restore, as they had been: only their time of
   * modification is another one. Services do that when they start.
   */
  writtenAgain: string[];
};

/** The report and the workflow's history have room for this many. */
export const DIFFERENCES_MAX = 50;

/**
 * Compares everything that a backup covers with how it is now: type, content, size, mode, owner,
 * link target, hard links, attributes. Changes nothing. Times of modification are put back by a
 * restore; here another one alone is told and counts as no difference, because a service that
 * writes its file again as it was would otherwise call a person in the night. Those of directories,
 * in which services make and delete files all the time, are not looked at. Fails as `compareWithManifest` does.
 */
export async function proveAgainstBackup(
  { manifest }: OpenBackup,
  root: TreeRoot,
  tools: Pick<HostTools, 'progress'>,
): Promise<Proof> {
  tools.progress(`comparing ${manifest.entries.length} paths with the backup`);
  const { differences, compared } = await compareWithManifest(root, manifest, { thorough: true });
  const leftFilled = differences.filter((difference) => holdsSomething(root, difference));
  const writtenAgain = differences.filter(({ why }) => why === WRITTEN_AGAIN);
  const harmless = new Set([...leftFilled, ...writtenAgain]);
  const real = differences.filter((difference) => !harmless.has(difference));
  const sentences = real.slice(0, DIFFERENCES_MAX).map(sentence);
  if (real.length > DIFFERENCES_MAX) {
    sentences.splice(
      DIFFERENCES_MAX - 1,
      1,
      `${real.length - DIFFERENCES_MAX + 1} more paths differ.`,
    );
  }
  return {
    exact: real.length === 0,
    entriesCompared: compared,
    differences: sentences,
    leftFilled: leftFilled.map(({ path }) => toText(path)),
    writtenAgain: writtenAgain.map(({ path }) => toText(path)),
  };
}

/** Outside of the trees only: in a tree nothing may be that was not there. */
function holdsSomething(root: TreeRoot, { path, then, now }: Difference): boolean {
  if (then?.type !== 'absent' || now?.type !== 'directory') return false;
  return readdirSync(onDisk(root, path)).length > 0;
}
