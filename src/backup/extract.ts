import type { FileHandle } from 'node:fs/promises';
import { createZstdDecompress } from 'node:zlib';
import { toText, type BytePath } from './byte-path.ts';
import { extractTar, give } from './tar.ts';
import { BLOCK_BYTES } from './tar-header.ts';
import { createTarReader } from './tar-reader.ts';

/** tar could not write everything that it was given. */
export class ExtractionFailed extends Error {
  override readonly name = 'ExtractionFailed';
}

const READ_BYTES = 1024 * 1024;

/** An archive ends with two blocks of zeros. */
const END = Buffer.alloc(2 * BLOCK_BYTES);

/** Where a member goes: below a directory now, into memory for later, or nowhere. */
export type Destination = { directory: string } | 'keep' | null;

/** Members that were kept as they are in the archive, by path. */
export type KeptMembers = Map<BytePath, Buffer[]>;

/**
 * Passes through an archive once and hands its members on as they are, byte by byte, each to the
 * tar that extracts below its directory. Answers the members to keep.
 * Throws {@link ExtractionFailed} with tar's words.
 */
export async function extractMembers(
  archive: FileHandle,
  destinationOf: (path: BytePath) => Destination,
): Promise<KeptMembers> {
  const tars = new Map<string, { tar: ReturnType<typeof extractTar>; pieces: Buffer[] }>();
  const kept: KeptMembers = new Map();
  let pieces: Buffer[] | null = null;
  const reader = createTarReader({
    member({ entry }) {
      const destination = destinationOf(entry.path);
      if (destination === null) {
        pieces = null;
      } else if (destination === 'keep') {
        pieces = [];
        kept.set(entry.path, pieces);
      } else {
        const { directory } = destination;
        const target = tars.get(directory) ?? { tar: extractTar(toText(directory)), pieces: [] };
        tars.set(directory, target);
        pieces = target.pieces;
      }
    },
    raw(chunk) {
      pieces?.push(chunk);
    },
  });
  try {
    for await (const chunk of contentOf(archive)) {
      reader.push(chunk);
      for (const target of tars.values()) {
        if (target.pieces.length === 0) continue;
        await give(target.tar.archive, Buffer.concat(target.pieces));
        target.pieces.length = 0;
      }
    }
    reader.end();
    for (const { tar } of tars.values()) await finish(tar);
  } catch (error) {
    for (const { tar } of tars.values()) {
      tar.stop();
      await tar.ended;
    }
    throw error;
  }
  return kept;
}

/** Extracts members that were kept, below a directory; `more` are arguments for tar. Throws {@link ExtractionFailed}. */
export async function extractKept(
  kept: KeptMembers,
  directory: string,
  more: readonly string[] = [],
): Promise<void> {
  if (kept.size === 0) return;
  const tar = extractTar(toText(directory), more);
  for (const pieces of kept.values()) await give(tar.archive, Buffer.concat(pieces));
  await finish(tar);
}

async function finish(tar: ReturnType<typeof extractTar>): Promise<void> {
  tar.archive.end(END);
  const { exitCode, messages } = await tar.ended;
  if (exitCode !== 0) throw new ExtractionFailed(toText(messages).trim());
}

function contentOf(archive: FileHandle): AsyncIterable<Buffer> {
  const stored = archive.createReadStream({
    start: 0,
    autoClose: false,
    highWaterMark: READ_BYTES,
  });
  const content = createZstdDecompress({ chunkSize: 256 * 1024 });
  stored.on('error', (error) => content.destroy(error));
  return stored.pipe(content) as AsyncIterable<Buffer>;
}
