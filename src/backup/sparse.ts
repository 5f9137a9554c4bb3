import { BLOCK_BYTES, MalformedArchive } from './tar-header.ts';

const ZEROS = Buffer.alloc(64 * 1024);

/** A map that is longer is no map: one line for each piece of data, 40 bytes at most. */
const MAP_BYTES_MAX = 64 * 1024 * 1024;

type Piece = { offset: number; length: number };

/**
 * Turns the stored form of a sparse file (GNU tar's format 1.0: the number of pieces, offset and
 * length of each, one number a line, filled up to a block, and then the pieces) into its content.
 * Two files with the same bytes are the same here, wherever their holes are.
 */
export function sparseExpander(
  sizeBytes: number,
  emit: (chunk: Buffer) => void,
): { push: (chunk: Buffer) => void; end: () => void } {
  let map: Buffer = Buffer.alloc(0);
  let pieces: Piece[] | null = null;
  let piece = 0;
  let position = 0;

  function fillTo(offset: number): void {
    while (position < offset) {
      const zeros = ZEROS.subarray(0, offset - position);
      emit(zeros);
      position += zeros.length;
    }
  }

  function data(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      const current = pieces?.[piece];
      if (current === undefined)
        throw new MalformedArchive('a sparse file has more data than its map');
      fillTo(current.offset);
      const part = chunk.subarray(at, at + current.offset + current.length - position);
      emit(part);
      position += part.length;
      at += part.length;
      if (position === current.offset + current.length) piece += 1;
    }
  }

  return {
    push(chunk) {
      if (pieces !== null) return data(chunk);
      map = Buffer.concat([map, chunk]);
      const parsed = parseMap(map);
      if (parsed === null) {
        if (map.length > MAP_BYTES_MAX)
          throw new MalformedArchive('a sparse file has an endless map');
        return;
      }
      pieces = parsed.pieces.filter(({ length }) => length > 0);
      data(map.subarray(parsed.mapBytes));
    },
    end() {
      if (pieces === null || piece < pieces.length || position > sizeBytes) {
        throw new MalformedArchive('a sparse file ends before its map does');
      }
      fillTo(sizeBytes);
    },
  };
}

/** Null as long as the map is not there whole. */
function parseMap(bytes: Buffer): { pieces: Piece[]; mapBytes: number } | null {
  let at = 0;
  function next(): number | null {
    const newline = bytes.indexOf(0x0a, at);
    if (newline === -1) return null;
    const digits = bytes.toString('latin1', at, newline);
    if (!/^\d{1,16}$/.test(digits)) throw new MalformedArchive('a sparse file has a broken map');
    at = newline + 1;
    return Number(digits);
  }
  const count = next();
  if (count === null) return null;
  const pieces: Piece[] = [];
  let end = 0;
  for (let index = 0; index < count; index++) {
    const offset = next();
    const length = next();
    if (offset === null || length === null) return null;
    if (offset < end) throw new MalformedArchive('a sparse file has a broken map');
    end = offset + length;
    pieces.push({ offset, length });
  }
  const mapBytes = Math.ceil(at / BLOCK_BYTES) * BLOCK_BYTES;
  return bytes.length < mapBytes ? null : { pieces, mapBytes };
}
