import {
  BLOCK_BYTES,
  checkHeader,
  MalformedArchive,
  parseMember,
  parsePax,
  storedBytes,
  typeFlag,
  type PaxRecords,
  type TarMember,
} from './tar-header.ts';
import { sparseExpander } from './sparse.ts';

/** What is done with the members of an archive as they pass. Every function is called in order. */
export type TarVisitor = {
  /** A member begins. */
  member: (member: TarMember) => void;
  /** Bytes of its content, holes filled with zeros. */
  content?: (chunk: Buffer) => void;
  /** Every byte of the archive that belongs to this member: headers, content as stored, padding. */
  raw?: (chunk: Buffer) => void;
  /** All of its content has passed. */
  memberEnd?: () => void;
};

/** An extended header holds attributes of one file: 64 KiB each is the kernel's limit, and few have one. */
const EXTENDED_HEADER_BYTES_MAX = 8 * 1024 * 1024;

const EMPTY: PaxRecords = new Map();

/**
 * Reads a tar archive in the POSIX format as it streams by, with a few hundred kilobytes of memory
 * whatever its size. tar-stream is not used here, because it decodes names and attributes as
 * UTF-8, knows no sparse files, and does not give the raw bytes that a filter hands on.
 *
 * `push` and `end` throw {@link MalformedArchive} on anything that GNU tar did not write.
 */
export function createTarReader(visitor: TarVisitor): {
  push(chunk: Buffer): void;
  end(): void;
} {
  /** The part of a block or of an extended header that has come so far. */
  let held: Buffer[] = [];
  let heldBytes = 0;
  let wanted = BLOCK_BYTES;
  let reading: 'header' | 'extended' | 'content' | 'padding' | 'nothing' = 'header';
  let pax = EMPTY;
  /** Blocks that belong to the next member and are handed on once it is known. */
  let head: Buffer[] = [];
  let left = 0;
  let padding = 0;
  let content: (chunk: Buffer) => void = () => undefined;
  let contentEnd: () => void = () => undefined;

  function takeWhole(chunk: Buffer, at: number): { whole: Buffer | null; next: number } {
    const part = chunk.subarray(at, at + wanted - heldBytes);
    if (heldBytes === 0 && part.length === wanted) return { whole: part, next: at + wanted };
    // Whoever gives the piece may fill its memory anew.
    held.push(Buffer.from(part));
    heldBytes += part.length;
    if (heldBytes < wanted) return { whole: null, next: at + part.length };
    const whole = Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return { whole, next: at + part.length };
  }

  function header(block: Buffer): void {
    if (block[0] === 0 && block.every((byte) => byte === 0)) {
      // GNU tar ends an archive with two blocks of zeros and fills up its last record with more.
      reading = 'nothing';
      return;
    }
    checkHeader(block);
    head.push(Buffer.from(block));
    if (typeFlag(block) === 'x') {
      wanted = roundUp(storedBytes(block, EMPTY));
      left = storedBytes(block, EMPTY);
      if (left > EXTENDED_HEADER_BYTES_MAX)
        throw new MalformedArchive('an extended header is too long');
      reading = wanted === 0 ? 'header' : 'extended';
      if (wanted === 0) wanted = BLOCK_BYTES;
      return;
    }
    beginMember(parseMember(block, pax));
  }

  function beginMember(member: TarMember): void {
    pax = EMPTY;
    visitor.member(member);
    for (const block of head) visitor.raw?.(block);
    head = [];
    left = member.storedBytes;
    padding = roundUp(left) - left;
    content = visitor.content ?? (() => undefined);
    contentEnd = () => undefined;
    if (member.sparse && visitor.content !== undefined) {
      const expander = sparseExpander(member.entry.sizeBytes, content);
      content = expander.push;
      contentEnd = expander.end;
    }
    reading = 'content';
    if (left === 0) endMember();
  }

  function endMember(): void {
    contentEnd();
    visitor.memberEnd?.();
    reading = padding === 0 ? 'header' : 'padding';
    left = padding;
    wanted = BLOCK_BYTES;
  }

  function push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && reading !== 'nothing') {
      if (reading === 'header' || reading === 'extended') {
        const { whole, next } = takeWhole(chunk, at);
        at = next;
        if (whole === null) return;
        if (reading === 'header') {
          header(whole);
        } else {
          head.push(Buffer.from(whole));
          pax = parsePax(whole.subarray(0, left));
          reading = 'header';
          wanted = BLOCK_BYTES;
        }
        continue;
      }
      const part = chunk.subarray(at, at + left);
      at += part.length;
      left -= part.length;
      visitor.raw?.(part);
      if (reading === 'content') {
        content(part);
        if (left === 0) endMember();
      } else if (left === 0) {
        reading = 'header';
      }
    }
  }

  return {
    push,
    end() {
      if (reading !== 'nothing') throw new MalformedArchive('the archive ends in its middle');
    },
  };
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
