import { realpathSync } from 'node:fs';
import { StepFailure } from '../domain/failure.ts';
import { errnoOf } from '../host/errno.ts';
import { childOf, nameOf, parentOf, toNode, toText, TOP, type BytePath } from './byte-path.ts';
import type { TreeRoot } from './tree-root.ts';

/**
 * A function that says where a path really lies: its parent directory resolved, the last part
 * taken as it is. So `/lib/x` becomes `/usr/lib/x` where `/lib` is a link, and `/lib` stays itself.
 * It remembers directories, so it is made anew for every look at the tree.
 *
 * Fails with `BackupUnverifiable` when the links above the path lead in circles.
 */
export function makeResolver(root: TreeRoot): (path: BytePath) => BytePath {
  const known = new Map<BytePath, BytePath>([[TOP, TOP]]);

  function directory(path: BytePath): BytePath {
    const resolved = known.get(path) ?? realDirectory(path);
    known.set(path, resolved);
    return resolved;
  }

  function realDirectory(path: BytePath): BytePath {
    try {
      return root.inside(realpathSync(toNode(root.real(path)), 'latin1'));
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'ELOOP') throw circle(path);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
      // What does not exist yet lies where the part of it lies that does.
      return childOf(directory(parentOf(path)), nameOf(path));
    }
  }

  return (path) => (path === TOP ? TOP : childOf(directory(parentOf(path)), nameOf(path)));
}

function circle(path: BytePath): StepFailure {
  const text = toText(path);
  return new StepFailure(
    'BackupUnverifiable',
    `${text} cannot be backed up: the symbolic links that lead to it go in circles.`,
    { remedy: `Mend the links (namei ${text} shows them), and start the cycle again.` },
  );
}
