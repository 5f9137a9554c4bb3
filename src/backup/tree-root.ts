import { realpathSync } from 'node:fs';
import { asBytePath, TOP, toNode, type BytePath } from './byte-path.ts';

/**
 * The directory below which a backup's paths lie: `/` on a host, a temporary tree in a test.
 * Two functions translate between the two worlds, and nothing else does.
 */
export type TreeRoot = {
  /** The directory itself, as the kernel has it. */
  readonly directory: BytePath;
  /** Where a path of the backup really lies. */
  real: (path: BytePath) => string;
  /** The backup's name of a real path. Throws when it lies elsewhere. */
  inside: (real: string) => BytePath;
};

export function treeRoot(directory: string): TreeRoot {
  const own = asBytePath(realpathSync(directory, 'latin1'));
  if (own === TOP) return { directory: own, real: (path) => path, inside: asBytePath };
  return {
    directory: own,
    real: (path) => (path === TOP ? own : `${own}${path}`),
    inside(real) {
      if (real === own) return TOP;
      if (real.startsWith(`${own}/`)) return asBytePath(real.slice(own.length));
      throw new Error(`${real} does not lie below ${own}`);
    },
  };
}

/** What Node's functions take for a path of the backup. */
export function onDisk(root: TreeRoot, path: BytePath): string | Buffer {
  return toNode(root.real(path));
}
