import { createHash, type Hash } from 'node:crypto';
import { toText, type BytePath } from './byte-path.ts';
import type { Entry } from './entry.ts';
import { createTar, type TarEnd } from './tar.ts';
import { MalformedArchive, type TarMember } from './tar-header.ts';
import { createTarReader, type TarVisitor } from './tar-reader.ts';
import type { TreeRoot } from './tree-root.ts';

/** Whether every path could be read as one state, or what changed while it was read. */
export type Reading = { steady: true } | { steady: false; changed: string };

/** tar could not read the tree at all, for another reason than a change in it. */
export class TreeUnreadable extends Error {
  override readonly name = 'TreeUnreadable';
}

/** What tar says of a file that went away or grew under its hands; measured on GNU tar 1.34, exit codes 1 and 2. */
const CHANGED =
  /: (?:file changed as we read it|File removed before we read it|File shrank by \d+ bytes.*|Cannot .*: (?:No such file or directory|Not a directory))$/;

/**
 * Reads these paths as they are now, in the order of the list, by streaming them through tar:
 * Node itself can read neither extended attributes nor access control lists. Backup, comparison
 * and proof all read so, which is why they cannot disagree about what a file is.
 *
 * `emit` is told every entry. `pass` is given the archive as it streams by, and is waited for.
 * Throws {@link TreeUnreadable} with tar's own words, for example of a disk that fails.
 */
export async function readTree(
  root: TreeRoot,
  paths: readonly BytePath[],
  emit: (entry: Entry) => void,
  pass?: (chunk: Buffer) => Promise<void> | undefined,
): Promise<Reading> {
  let expected = 0;
  let outOfOrder = false;
  const reader = createTarReader(
    hashingVisitor((entry) => {
      outOfOrder ||= entry.path !== paths[expected++];
      emit(entry);
    }),
  );
  const end = await createTar(toText(root.directory), paths, (piece) => {
    reader.push(piece);
    return pass?.(piece);
  });
  const reading = judge(end);
  if (!reading.steady) return reading;
  if (end.exitCode !== 0) throw new TreeUnreadable(toText(end.messages).trim());
  reader.end();
  if (outOfOrder || expected !== paths.length) {
    throw new MalformedArchive(`tar gave ${expected} members for a list of ${paths.length}`);
  }
  return reading;
}

/** Steady also when tar failed for a reason of its own: then the exit code says so. */
function judge({ exitCode, messages }: TarEnd): Reading {
  const lines = toText(messages)
    .split('\n')
    .filter((line) => line !== '' && !line.includes('Exiting with failure status'));
  const changed = lines.filter((line) => CHANGED.test(line));
  const onlyChanges = exitCode === 1 || (exitCode === 2 && changed.length === lines.length);
  if (!onlyChanges || lines.length === 0) return { steady: true };
  return {
    steady: false,
    changed: (changed[0] ?? lines[0] ?? '').replace(/^tar: /, '').slice(0, 300),
  };
}

/** Turns passing members into entries, their content hashed on the way. */
export function hashingVisitor(emit: (entry: Entry) => void): TarVisitor {
  let entry: Entry | null = null;
  let hash: Hash | null = null;
  return {
    member(member: TarMember) {
      entry = member.entry;
      hash = entry.type === 'file' ? createHash('sha256') : null;
    },
    content(chunk) {
      hash?.update(chunk);
    },
    memberEnd() {
      if (entry === null) return;
      if (hash !== null) entry.sha256 = hash.digest('hex');
      emit(entry);
    },
  };
}
