import type { BytePath } from './byte-path.ts';
import { asBytePath, isCanonical, TOP } from './byte-path.ts';
import type { Entry, EntryType } from './entry.ts';

export const BLOCK_BYTES = 512;

/**
 * Extended header records by their keyword, one character a byte. Node's and tar-stream's own
 * decoding as UTF-8 would destroy capabilities and names that are not UTF-8.
 */
export type PaxRecords = ReadonlyMap<string, string>;

/** One member of an archive: the entry that it holds, and how its content is stored. */
export type TarMember = {
  entry: Entry;
  /** Bytes of content that follow in the archive, without padding. */
  storedBytes: number;
  /** Whether what follows is GNU tar's sparse format 1.0: a map of the data, then the data. */
  sparse: boolean;
};

/** The archive is not what patchcycle's own tar writes: a broken or a foreign one. */
export class MalformedArchive extends Error {
  override readonly name = 'MalformedArchive';
}

const TYPES: Record<string, EntryType> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

/** Records that carry attributes of a file beyond mode and owner. */
const ATTRIBUTE = /^(?:SCHILY\.(?:xattr|acl)\.|RHT\.security\.selinux$)/;

/** The letter of a header block; `x` announces extended records for the member after it. */
export function typeFlag(block: Buffer): string {
  return block.toString('latin1', 156, 157);
}

/** Throws MalformedArchive when the block does not add up to its own checksum. */
export function checkHeader(block: Buffer): void {
  let sum = 8 * 0x20;
  for (let index = 0; index < BLOCK_BYTES; index++) {
    if (index < 148 || index >= 156) sum += block[index] ?? 0;
  }
  if (sum !== number(block, 148, 8)) throw new MalformedArchive('a header has a wrong checksum');
}

export function storedBytes(block: Buffer, pax: PaxRecords): number {
  const size = pax.get('size');
  return size === undefined ? number(block, 124, 12) : whole(size);
}

/** Reads a header block and the extended records before it. Throws MalformedArchive. */
export function parseMember(block: Buffer, pax: PaxRecords): TarMember {
  const type = TYPES[typeFlag(block)];
  if (type === undefined) {
    throw new MalformedArchive(`a member has the unknown type ${JSON.stringify(typeFlag(block))}`);
  }
  const sparse = pax.get('GNU.sparse.major') === '1' && pax.get('GNU.sparse.minor') === '0';
  const stored = type === 'file' ? storedBytes(block, pax) : 0;
  const path = memberPath(pax.get('GNU.sparse.name') ?? pax.get('path') ?? headerPath(block));
  const entry: Entry = {
    path,
    type,
    mode: number(block, 100, 8) & 0o7777,
    uid: whole(pax.get('uid') ?? number(block, 108, 8)),
    gid: whole(pax.get('gid') ?? number(block, 116, 8)),
    mtimeNs: nanoseconds(pax.get('mtime') ?? String(number(block, 136, 12))),
    sizeBytes: sparse ? whole(pax.get('GNU.sparse.realsize') ?? '') : stored,
  };
  const target = pax.get('linkpath') ?? text(block, 157, 100);
  if (type === 'symlink') entry.target = target;
  if (type === 'hard-link') entry.target = memberPath(target);
  if (type === 'character-device' || type === 'block-device') {
    entry.device = { major: number(block, 329, 8), minor: number(block, 337, 8) };
  }
  const attributes = attributesOf(pax);
  if (attributes !== undefined) entry.attributes = attributes;
  return { entry, storedBytes: stored, sparse };
}

function headerPath(block: Buffer): string {
  const prefix = text(block, 345, 155);
  const name = text(block, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Members are named `./etc/passwd`, so that none begins with a hyphen or leaves its directory. */
function memberPath(name: string): BytePath {
  const path = name === './' || name === '.' ? TOP : name.slice(1).replace(/\/$/, '');
  if (!name.startsWith('.') || !isCanonical(path)) {
    throw new MalformedArchive(`a member has the name ${JSON.stringify(name.slice(0, 300))}`);
  }
  return asBytePath(path);
}

function attributesOf(pax: PaxRecords): Record<string, string> | undefined {
  const names = [...pax.keys()].filter((name) => ATTRIBUTE.test(name)).sort();
  if (names.length === 0) return undefined;
  return Object.fromEntries(
    names.map((name) => [name, Buffer.from(pax.get(name) ?? '', 'latin1').toString('base64')]),
  );
}

/** Records are `LENGTH KEYWORD=VALUE\n`; LENGTH counts all of it. */
export function parsePax(content: Buffer): PaxRecords {
  const records = new Map<string, string>();
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(0x20, at);
    const length = whole(content.toString('latin1', at, Math.max(at, space)));
    const record = content.toString('latin1', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (space < at || equals < 1 || content[at + length - 1] !== 0x0a) {
      throw new MalformedArchive('an extended header is not made of records');
    }
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

/** `-1.5` and `1700000000.123456789` as nanoseconds. */
function nanoseconds(seconds: string): string {
  const [, sign, before = '', after = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(seconds) ?? [];
  if (sign === undefined) throw new MalformedArchive(`a time is ${JSON.stringify(seconds)}`);
  return BigInt(`${sign}${before}${after.padEnd(9, '0')}`).toString();
}

/** Octal digits, or base 256 where they do not suffice; GNU tar marks that with the highest bit. */
function number(block: Buffer, at: number, length: number): number {
  const first = block[at] ?? 0;
  if ((first & 0x80) !== 0) {
    let value = first === 0xff ? -1n : BigInt(first & 0x7f);
    for (let index = at + 1; index < at + length; index++) {
      value = value * 256n + BigInt(block[index] ?? 0);
    }
    return Number(value);
  }
  const digits = text(block, at, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw new MalformedArchive('a header has a number without digits');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function whole(value: string | number): number {
  if (typeof value === 'number') return value;
  if (!/^\d{1,16}$/.test(value)) {
    throw new MalformedArchive(
      `an extended header has the number ${JSON.stringify(value.slice(0, 40))}`,
    );
  }
  return Number(value);
}

function text(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('latin1', at, end === -1 || end > at + length ? at + length : end);
}
