import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { ReadBackDiffers } from './frame-prover.ts';

const PIECE_CHARACTERS = 256 * 1024;

/** What the file holds is hashed in pieces of this size. */
const READ_BYTES = 1024 * 1024;

/**
 * Writes lines to an empty file in pieces, and proves it: at the end the file is read back and must
 * have the hash of what was written. Throws {@link ReadBackDiffers} and the operating system's errors.
 */
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
      const sha256 = hash.digest('hex');
      if ((await hashOfFile(file)) !== sha256) {
        throw new ReadBackDiffers('the manifest holds other bytes');
      }
      return { sha256 };
    },
  };
}

async function hashOfFile(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(READ_BYTES);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}
