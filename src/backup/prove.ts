import type { CycleId, Sha256 } from '../domain/names.ts';
import type { HostTools } from '../host/tools.ts';
import { readdirSync } from 'node:fs';
import { toText } from './byte-path.ts';
import { compareWithManifest } from './compare.ts';
import { sentence, type Difference } from './differences.ts';
import { openBackup } from './record.ts';
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
};

/** The report and the workflow's history have room for this many. */
export const DIFFERENCES_MAX = 50;

/**
 * Compares everything that a backup covers with how it is now: type, content, size, mode, owner,
 * link target, hard links, attributes, and the time of modification of all but directories. Changes
 * nothing. Fails as `openBackup` and `compareWithManifest` do.
 */
export async function proveAgainstBackup(input: {
  root: TreeRoot;
  directory: string;
  cycle: CycleId;
  archiveSha256: Sha256;
  tools: Pick<HostTools, 'progress'>;
}): Promise<Proof> {
  const { root, tools } = input;
  const { manifest, archive } = await openBackup(input.directory, input);
  await archive.close();
  tools.progress(`comparing ${manifest.entries.length} paths with the backup`);
  const { differences, compared } = await compareWithManifest(root, manifest, { thorough: true });
  const isLeftFilled = (difference: Difference): boolean => holdsSomething(root, difference);
  const left = differences.filter(isLeftFilled);
  const real = differences.filter((difference) => !isLeftFilled(difference));
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
    leftFilled: left.map(({ path }) => toText(path)),
  };
}

/** Outside of the trees only: in a tree nothing may be that was not there. */
function holdsSomething(root: TreeRoot, { path, then, now }: Difference): boolean {
  if (then?.type !== 'absent' || now?.type !== 'directory') return false;
  return readdirSync(onDisk(root, path)).length > 0;
}
