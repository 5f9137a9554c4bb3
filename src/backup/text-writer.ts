import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const PIECE_CHARACTERS = 256 * 1024;

/** Writes lines to a file in pieces and hashes them. */
export function createTextWriter(file: FileHandle): {
  add(line: string): void;
  /** Writes what has been added so far, when that is a piece. */
  flush(): Promise<void> | undefined;
  end(): Promise<{ sha256: string }>;
} {
  const hash = createHash('sha256');
  let lines: string[] = [];
  let characters = 0;

  async function writeOut(): Promise<void> {
    const piece = Buffer.from(lines.join(''), 'utf8');
    lines = [];
    characters = 0;
    hash.update(piece);
    await file.appendFile(piece);
  }

  return {
    add(line) {
      lines.push(line);
      characters += line.length;
    },
    flush: () => (characters < PIECE_CHARACTERS ? undefined : writeOut()),
    async end() {
      await writeOut();
      await file.sync();
      return { sha256: hash.digest('hex') };
    },
  };
}
