import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { errnoOf } from '../../host/errno.ts';

/** A log file rotated under another name, opened for reading or not. */
export type LogFile = {
  path: string;
  inode: string;
  sizeBytes: number;
  modifiedMs: number;
};

/** How much of a file's beginning tells it from others: its first lines carry their times. */
const HEAD_BYTES = 256;

/** Rotated logs that are looked at, the newest ones: logrotate keeps 4 to 14 as it is shipped. */
const SIBLINGS_MAX = 50;

/**
 * What the file of this path is now; null where there is none. Links are not followed and only
 * regular files are read: on some systems the syslog daemon's own user may write in /var/log.
 */
export async function lookAt(path: string): Promise<LogFile | null> {
  return withFile(path, async (file) => {
    const { ino, size, mtimeMs } = await file.stat();
    return { path, inode: String(ino), sizeBytes: size, modifiedMs: mtimeMs };
  });
}

const COMPRESSED = /\.(?:gz|zst)$/;

/** Whether the content is compressed in a way that can be read. */
export function isCompressed(path: string): boolean {
  return COMPRESSED.test(path);
}

/**
 * Files that the log of this path was rotated into (`syslog.1`, `syslog.2.gz`, `messages-20261124`),
 * the newest first. While one is being compressed there are two, and only the old one is whole.
 */
export async function rotatedFiles(path: string): Promise<LogFile[]> {
  const name = basename(path);
  const entries = new Set(await readdir(dirname(path)));
  const names = [...entries].filter(
    (entry) =>
      (entry.startsWith(`${name}.`) || entry.startsWith(`${name}-`)) &&
      !(isCompressed(entry) && entries.has(entry.replace(COMPRESSED, ''))),
  );
  const files = await Promise.all(names.map((entry) => lookAt(join(dirname(path), entry))));
  return files
    .filter((file) => file !== null)
    .sort((a, b) => b.modifiedMs - a.modifiedMs)
    .slice(0, SIBLINGS_MAX);
}

/**
 * The content from an offset on, `bytesMax` at most; of compressed files the content inside.
 * Empty where the file is gone or its compression is of an unknown kind.
 */
export async function readContent(
  path: string,
  offsetBytes: number,
  bytesMax: number,
): Promise<Buffer> {
  const decompress = decompressorOf(path);
  if (decompress === null) return Buffer.alloc(0);
  const content = await withFile(path, async (file) => {
    if (decompress === 'none') {
      const { size } = await file.stat();
      const length = Math.max(0, Math.min(size - offsetBytes, bytesMax));
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offsetBytes);
      return buffer.subarray(0, bytesRead);
    }
    return readDecompressed(file, decompress(), offsetBytes, bytesMax);
  });
  return content ?? Buffer.alloc(0);
}

/** What tells this file from others as long as its first `offsetBytes` are as they were. */
export async function headDigest(path: string, offsetBytes: number): Promise<string> {
  const head = await readContent(path, 0, Math.min(offsetBytes, HEAD_BYTES));
  return createHash('sha256').update(head).digest('hex').slice(0, 16);
}

async function readDecompressed(
  file: FileHandle,
  stream: NodeJS.ReadWriteStream & { destroy(): void },
  offsetBytes: number,
  bytesMax: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let beginsAt = 0;
  let length = 0;
  const source = file.createReadStream({ autoClose: false });
  source.pipe(stream);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      // What lies before the offset is dropped at once: a busy host's log is larger than its memory.
      if (length > offsetBytes) chunks.push(chunk);
      else beginsAt = length;
      if (length >= offsetBytes + bytesMax) break;
    }
  } catch (error) {
    // A file that is still being compressed ends too early; what is there is taken.
    if (!/^(?:Z_|ZSTD_|ERR_)/.test(errnoOf(error) ?? '')) throw error;
  } finally {
    source.destroy();
    stream.destroy();
  }
  const from = offsetBytes - beginsAt;
  return Buffer.concat(chunks).subarray(from, from + bytesMax);
}

type Decompressor = () => ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>;

function decompressorOf(path: string): Decompressor | 'none' | null {
  if (path.endsWith('.gz')) return () => createGunzip();
  if (path.endsWith('.zst')) return () => createZstdDecompress();
  return /\.(?:xz|bz2|lz4|Z|zip)$/.test(path) ? null : 'none';
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T | null> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
  try {
    return (await file.stat()).isFile() ? await use(file) : null;
  } finally {
    await file.close();
  }
}
