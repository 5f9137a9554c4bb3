import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { createCompressor, createCrew, createProver, ReadBackDiffers } from './frame-codec.ts';

/*
 * An archive is a row of zstd frames, which every zstd reads as one stream. Frames are compressed
 * beside each other, on Node's threads. Node's own workers inside one frame (ZSTD_c_nbWorkers) end
 * the stream too early, seen on Node 24.21.
 */

/** Content of one frame; smaller ones cost more turns, larger ones more memory. */
const FRAME_BYTES = 2 * 1024 * 1024;

/** What a frame may have more than its content, when nothing in it could be compressed: ZSTD_COMPRESSBOUND. */
const FRAME_MORE_BYTES = 64 * 1024;

/** Frames at work at once, and so 16 MiB of memory: one is filled while the others pass through. */
const FRAMES_AT_ONCE = 8;

/** Node has four threads. Proving is twice as fast as compressing. */
const COMPRESSORS = 3;
const PROVERS = 2;

/** A frame that no zstd decompresses, for what belongs to the archive; RFC 8878, 3.1.2. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_HEADER_BYTES = 8;

export type FrameWriter = {
  /** Takes a piece of the stream; to be awaited, because it waits while all frames are at work. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** Writes what is left, then `note` behind it, where only {@link readNote} finds it. */
  end(note: Buffer): Promise<{ sha256: string; bytes: number }>;
  /** Waits for what is at work, whatever comes of it, and gives the memory back. To be called in every ending. */
  close(): Promise<void>;
};

/**
 * Writes a stream to an empty file as zstd frames and proves every one of them: it is read back
 * from the file, decompressed and compared byte by byte with what was to be written. The hash is of
 * the bytes that were read back. Throws {@link ReadBackDiffers} and the operating system's errors.
 */
export function createFrameWriter(file: FileHandle): FrameWriter {
  const compressors = createCrew(createCompressor, COMPRESSORS);
  const provers = createCrew(createProver, PROVERS);
  const free = Array.from({ length: FRAMES_AT_ONCE - 1 }, () => Buffer.allocUnsafe(FRAME_BYTES));
  /** Memory for frames that are read back, used again and again. */
  const spare: Buffer[] = [];
  const hash = createHash('sha256');
  let frame = Buffer.allocUnsafe(FRAME_BYTES);
  let filled = 0;
  let bytes = 0;
  /** The last frame's way into the file and through the proof; frames go both ways in order. */
  let written = Promise.resolve();
  let proven = Promise.resolve();
  let wake: (() => void) | null = null;
  let failure: Error | null = null;

  async function place(compressed: Promise<Buffer[]>, before: Promise<void>): Promise<Place> {
    const pieces = await compressed;
    await before;
    const at = bytes;
    for (const piece of pieces) {
      await writeAll(file, piece, bytes);
      bytes += piece.length;
    }
    return { at, length: bytes - at };
  }

  async function prove(placed: Promise<Place>, content: Buffer, before: Promise<void>) {
    const { at, length } = await placed;
    const memory = spare.pop() ?? Buffer.allocUnsafe(FRAME_BYTES + FRAME_MORE_BYTES);
    const stored = memory.subarray(0, length);
    await readAll(file, at, stored);
    await provers.work(stored, content);
    await before;
    hash.update(stored);
    spare.push(memory);
  }

  function dispatch(): void {
    const own = frame;
    const content = own.subarray(0, filled);
    const placed = place(compressors.work(content), written);
    written = placed.then(() => undefined);
    proven = prove(placed, content, proven).then(() => void free.push(own));
    // A failure of either way is kept, and thrown to whoever writes next.
    const keep = (error: Error): void => void (failure ??= error);
    written.catch(keep);
    proven.catch(keep).finally(() => wake?.());
    filled = 0;
  }

  async function nextFrame(): Promise<void> {
    for (;;) {
      if (failure !== null) throw failure;
      const next = free.pop();
      if (next !== undefined) {
        frame = next;
        return;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  async function fill(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + FRAME_BYTES - filled);
      frame.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < FRAME_BYTES) continue;
      dispatch();
      await nextFrame();
    }
  }

  return {
    write(chunk) {
      if (filled + chunk.length >= FRAME_BYTES) return fill(chunk);
      frame.set(chunk, filled);
      filled += chunk.length;
      return undefined;
    },
    async end(note) {
      if (filled > 0) dispatch();
      await proven;
      if (failure !== null) throw failure;
      const skippable = Buffer.alloc(SKIPPABLE_HEADER_BYTES + note.length);
      skippable.writeUInt32LE(SKIPPABLE_MAGIC, 0);
      skippable.writeUInt32LE(note.length, 4);
      note.copy(skippable, SKIPPABLE_HEADER_BYTES);
      await writeAll(file, skippable, bytes);
      await readAll(file, bytes, skippable);
      hash.update(skippable);
      bytes += skippable.length;
      await file.sync();
      return { sha256: hash.digest('hex'), bytes };
    },
    async close() {
      await Promise.allSettled([written, proven]);
      compressors.close();
      provers.close();
    },
  };
}

/** Where a frame lies in the file. */
type Place = { at: number; length: number };

/** The note of `noteBytes` bytes at the end of an archive, or null when there is none of that length. */
export async function readNote(file: FileHandle, noteBytes: number): Promise<Buffer | null> {
  const { size } = await file.stat();
  const length = SKIPPABLE_HEADER_BYTES + noteBytes;
  if (size < length) return null;
  const skippable = Buffer.alloc(length);
  await readAll(file, size - length, skippable);
  const fits =
    skippable.readUInt32LE(0) === SKIPPABLE_MAGIC && skippable.readUInt32LE(4) === noteBytes;
  return fits ? skippable.subarray(SKIPPABLE_HEADER_BYTES) : null;
}

async function writeAll(file: FileHandle, content: Buffer, at: number): Promise<void> {
  for (let done = 0; done < content.length;) {
    const { bytesWritten } = await file.write(content, done, content.length - done, at + done);
    done += bytesWritten;
  }
}

/** Fills the whole of `into` with what the file has from `at` on. */
async function readAll(file: FileHandle, at: number, into: Buffer): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, at + done);
    if (bytesRead === 0) throw new ReadBackDiffers(`the file ends at ${at + done}`);
    done += bytesRead;
  }
}
