import type { FileHandle } from 'node:fs/promises';
import { createCompressors } from './frame-compressor.ts';
import { createFrameProver, ReadBackDiffers, sharedBuffer } from './frame-prover.ts';

/*
 * An archive is a row of zstd frames, which every zstd reads as one stream. Frames are compressed
 * beside each other, on Node's threads. Node's own workers inside one frame (ZSTD_c_nbWorkers) end
 * the stream too early, seen on Node 24.21.
 */

/** Content of one frame; smaller ones cost more turns, larger ones more memory. */
const FRAME_BYTES = 2 * 1024 * 1024;

/** Frames at work at once, and so 16 MiB of memory: one is filled while the others pass through. */
const FRAMES_AT_ONCE = 8;

/** Written to the disk while the rest is still compressed, so that the sync at the end is short. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

/** Node has four threads, and files are written by them too. */
const COMPRESSORS = 3;

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
  const prover = createFrameProver();
  const compressors = createCompressors(COMPRESSORS);
  const free = Array.from({ length: FRAMES_AT_ONCE - 1 }, () => sharedBuffer(FRAME_BYTES));
  let frame = sharedBuffer(FRAME_BYTES);
  let filled = 0;
  let synced = 0;
  let bytes = 0;
  /** The last frame's way into the file and through the proof; frames go both ways in order. */
  let written = Promise.resolve();
  /** The disk's early starts; what one of them could not write is told to nobody again. */
  let early = Promise.resolve();
  let proven = Promise.resolve();
  let wake: (() => void) | null = null;
  let failure: Error | null = null;

  /** A failure on any way is kept, and thrown to whoever writes next. */
  const keep = (error: Error): void => void (failure ??= error);

  function throwFailure(): void {
    if (failure !== null) throw failure;
  }

  async function place(compressed: Promise<Buffer[]>, before: Promise<void>): Promise<Place> {
    const pieces = await compressed;
    await before;
    const at = bytes;
    for (const piece of pieces) {
      await writeAll(file, piece, bytes);
      bytes += piece.length;
    }
    if (bytes - synced >= SYNC_EVERY_BYTES) {
      synced = bytes;
      // The last sync at the end vouches for all of it; this one is the disk's early start.
      early = Promise.all([early, file.datasync().catch(keep)]).then(() => undefined);
    }
    return { at, length: bytes - at };
  }

  async function prove(placed: Promise<Place>, content: Buffer<SharedArrayBuffer>): Promise<void> {
    const { at, length } = await placed;
    await prover.prove({ fd: file.fd, at, length, content });
  }

  function dispatch(): void {
    const own = frame;
    const content = own.subarray(0, filled);
    const placed = place(compressors.compress(content), written);
    written = placed.then(() => undefined);
    const done = prove(placed, content).then(() => void free.push(own));
    proven = Promise.all([proven, done]).then(() => undefined);
    written.catch(keep);
    proven.catch(keep);
    done.catch(keep).finally(() => wake?.());
    filled = 0;
  }

  async function nextFrame(): Promise<void> {
    for (;;) {
      throwFailure();
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
      throwFailure();
      const skippable = Buffer.alloc(SKIPPABLE_HEADER_BYTES + note.length);
      skippable.writeUInt32LE(SKIPPABLE_MAGIC, 0);
      skippable.writeUInt32LE(note.length, 4);
      note.copy(skippable, SKIPPABLE_HEADER_BYTES);
      await writeAll(file, skippable, bytes);
      const again = Buffer.alloc(skippable.length);
      await readAll(file, bytes, again);
      if (!again.equals(skippable)) throw new ReadBackDiffers('the end of the file differs');
      const sha256 = await prover.finish(again);
      bytes += skippable.length;
      await early;
      await file.sync();
      throwFailure();
      return { sha256, bytes };
    },
    async close() {
      await Promise.allSettled([written, proven, early]);
      compressors.close();
      await prover.close();
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
