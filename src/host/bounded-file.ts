import { open, type FileHandle } from 'node:fs/promises';

/** What is kept of one output of a job: the longest upgrade that was seen wrote 0.4 MB. */
const FILE_BYTES_MAX = 8 * 1024 * 1024;
const HEAD_BYTES = 4 * 1024 * 1024;
const TAIL_BYTES = 1024 * 1024;

/** The line that stands for what {@link boundFile} left out. */
export const LEFT_OUT = /^\[patchcycle left out \d+ bytes here\]$/;

/**
 * Opens the file that a program writes its output to. It is handed to the program itself and not
 * fed through a pipe, so that a package tool goes on writing when its supervisor is killed. Opened
 * for appending: after {@link boundFile} shortened it, the program goes on at its new end.
 */
export function openOutput(path: string): Promise<FileHandle> {
  return open(path, 'a+', 0o600);
}

/**
 * Shortens a file that grew beyond 8 MiB to its beginning and its end, and says in between how
 * much was left out. What is written in the very moment of shortening may be lost.
 */
export async function boundFile(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  if (size <= FILE_BYTES_MAX) return;
  const tail = await readTail(file, TAIL_BYTES);
  await file.truncate(HEAD_BYTES);
  const left = size - HEAD_BYTES - tail.length;
  await file.appendFile(`\n[patchcycle left out ${left} bytes here]\n`);
  await file.appendFile(tail);
}

/** The last bytes of a file, `bytesMax` at most. */
export async function readTail(file: FileHandle, bytesMax: number): Promise<Buffer> {
  const { size } = await file.stat();
  const length = Math.min(size, bytesMax);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.subarray(0, bytesRead);
}
