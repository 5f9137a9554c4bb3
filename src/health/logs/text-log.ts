import { setImmediate } from 'node:timers/promises';
import type { LogPosition } from '../../domain/health.ts';
import {
  headDigest,
  isCompressed,
  lookAt,
  readContent,
  rotatedFiles,
  type LogFile,
} from './log-file.ts';

/** Text logs of Debian and Ubuntu, and of the Red Hat family. */
export const TEXT_LOGS: readonly string[] = ['/var/log/syslog', '/var/log/messages'];

export type FilePosition = LogPosition['files'][number];

/** One reading of one log. A host that logs more between two looks is read on in the next one. */
const READ_BYTES_MAX = 16 * 1024 * 1024;

/** A line without an end that is longer than this is taken as it is, so that reading goes on. */
const LINE_BYTES_MAX = 1024 * 1024;

/**
 * What is read of one compressed file, as it is without compression. Each reading decompresses it
 * from its beginning, so a longer one would take minutes of a host's processor.
 */
const COMPRESSED_BYTES_MAX = 1024 * 1024 * 1024;

/** What a week of a log is read for known errors: about half a million lines. */
const RECENT_BYTES_MAX = 64 * 1024 * 1024;

const LINES_AT_ONCE = 10_000;

const LINE_END = 0x0a;

/** Where the log ends now; null where there is none. */
export async function textLogPosition(path: string): Promise<FilePosition | null> {
  const file = await lookAt(path);
  return file === null ? null : positionAt(file, file.sizeBytes);
}

export type TextPart = {
  lines: string[];
  position: FilePosition | null;
  /** Whether there was more than one reading takes. */
  more: boolean;
  /** What was skipped and will not be read any more, one sentence each. */
  unread: string[];
};

/**
 * The lines since a position (null: since the log began), across its rotation: renamed, copied and
 * truncated, compressed, and more than once. A last line that has no end yet is left for the next
 * reading. While a rotated file is not read to its end the position is one in that file.
 */
export async function readTextLog(
  path: string,
  position: FilePosition | null,
  { compressedBytesMax = COMPRESSED_BYTES_MAX }: { compressedBytesMax?: number } = {},
): Promise<TextPart> {
  const current = await lookAt(path);
  if (position === null || (current !== null && (await isSame(current, position)))) {
    return current === null
      ? { lines: [], position, more: false, unread: [] }
      : readOn(current, position?.offsetBytes ?? 0);
  }
  const rotated = await readRotated(path, position, compressedBytesMax);
  // In the middle of a rotation: what was rotated away is read once, and then the new file from its beginning.
  if (rotated.more || current === null) return rotated;
  const rest = await readOn(current, 0);
  return { ...rest, lines: [...rotated.lines, ...rest.lines], unread: rotated.unread };
}

async function readOn(file: LogFile, offsetBytes: number): Promise<TextPart> {
  const content = await readContent(file.path, offsetBytes, READ_BYTES_MAX);
  const taken = wholeLines(content);
  return {
    lines: linesOf(content.subarray(0, taken)),
    position: await positionAt(file, offsetBytes + taken),
    more: content.length === READ_BYTES_MAX,
    unread: [],
  };
}

/** How much of the content is whole lines; all of it where one line is too long to be waited for. */
function wholeLines(content: Buffer): number {
  const end = content.lastIndexOf(LINE_END) + 1;
  return end === 0 && content.length >= LINE_BYTES_MAX ? content.length : end;
}

/** The rest of the file that was read before, and whole files that came and went since. */
async function readRotated(
  path: string,
  position: FilePosition,
  compressedBytesMax: number,
): Promise<TextPart> {
  const files = await rotatedFiles(path);
  const found = await indexOfRead(files, position);
  const unread =
    found === -1
      ? [
          `${path} was rotated, and the file that was being read is not there any more: its last lines may not have been read`,
        ]
      : [];
  const lines: string[] = [];
  // The newest comes first in the list, and the oldest is read first.
  for (let index = found; index >= 0; index--) {
    const file = files[index];
    if (file === undefined) continue;
    const offsetBytes = index === found ? position.offsetBytes : 0;
    const limit = isCompressed(file.path)
      ? Math.max(0, compressedBytesMax - offsetBytes)
      : Infinity;
    const content = await readContent(file.path, offsetBytes, Math.min(READ_BYTES_MAX, limit));
    if (content.length >= limit) {
      unread.push(
        `${file.path}: only its first ${compressedBytesMax} bytes were read, as they are without compression`,
      );
    } else if (content.length === READ_BYTES_MAX) {
      const taken = wholeLines(content);
      lines.push(...linesOf(content.subarray(0, taken)));
      const reached = await positionAt(file, offsetBytes + taken);
      return { lines, position: { ...reached, path }, more: true, unread };
    }
    lines.push(...linesOf(content));
  }
  return { lines, position: null, more: false, unread };
}

async function indexOfRead(files: readonly LogFile[], position: FilePosition): Promise<number> {
  for (const [index, file] of files.entries()) {
    if (await wasRead(file, position)) return index;
  }
  return -1;
}

/** Whether this is the file of the position under its own name, grown or as it was. */
async function isSame(file: LogFile, position: FilePosition): Promise<boolean> {
  return (
    file.sizeBytes >= position.offsetBytes &&
    (await positionAt(file, position.offsetBytes)).inode === position.inode
  );
}

/** Whether this is the file of the position under another name, or its copy. */
async function wasRead(file: LogFile, position: FilePosition): Promise<boolean> {
  const [inode, digest] = position.inode.split('-');
  if (position.offsetBytes === 0) return file.inode === inode;
  return (await headDigest(file.path, position.offsetBytes)) === digest;
}

/** A file is known by its inode and by how it begins, because one that was truncated keeps its inode. */
async function positionAt(file: LogFile, offsetBytes: number): Promise<FilePosition> {
  const digest = await headDigest(file.path, offsetBytes);
  return { path: file.path, inode: `${file.inode}-${digest}`, offsetBytes };
}

/**
 * Hands over the lines that the log and its rotated files got since a time, the newest file first,
 * bounded: of a file that is too long its end.
 */
export async function forRecentLines(
  path: string,
  sinceMs: number,
  use: (line: string) => void,
): Promise<void> {
  const current = await lookAt(path);
  if (current === null) return;
  let left = RECENT_BYTES_MAX;
  for (const file of [current, ...(await rotatedFiles(path))]) {
    if (file.modifiedMs < sinceMs || left <= 0) break;
    const skipped = isCompressed(file.path) ? 0 : Math.max(0, file.sizeBytes - left);
    const content = await readContent(file.path, skipped, left);
    left -= content.length;
    for (const [index, line] of linesOf(content).entries()) {
      use(line);
      // Half a million lines take seconds; the agent must be able to say meanwhile that it lives.
      if (index % LINES_AT_ONCE === 0) await setImmediate();
    }
  }
}

function linesOf(content: Buffer): string[] {
  return content
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}
