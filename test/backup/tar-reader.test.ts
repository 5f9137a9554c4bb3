import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import fc from 'fast-check';
import { extract, pack } from 'tar-stream';
import { fromText, toText } from '../../src/backup/byte-path.ts';
import type { Entry } from '../../src/backup/entry.ts';
import { hashingVisitor } from '../../src/backup/read-tree.ts';
import { createTar } from '../../src/backup/tar.ts';
import { createTarReader } from '../../src/backup/tar-reader.ts';
import { testHost, type TestHost } from './support/trees.ts';

function richTree(): { host: TestHost; paths: string[] } {
  const long = `/${'d'.repeat(120)}`;
  const host = testHost({
    '/a': 'a',
    '/empty': '',
    '/block': 'x'.repeat(512),
    '/big': Buffer.alloc(300_000, 'abc'),
    [`${long}/${'e'.repeat(200)}`]: 'far',
    '/ü\n-': 'odd',
  });
  linkSync(host.at('/a'), host.at('/b'));
  symlinkSync('../a b', host.at('/link'));
  truncateSync(host.at('/empty'), 3_000_000);
  writeFileSync(host.at('/empty'), 'end', { flag: 'a' });
  const odd = [
    '/',
    '/a',
    '/b',
    '/big',
    '/block',
    long,
    `${long}/${'e'.repeat(200)}`,
    '/empty',
    '/link',
    '/ü\n-',
  ];
  return { host, paths: odd };
}

async function archiveOf({ host, paths }: ReturnType<typeof richTree>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const ended = await createTar(host.root.directory, paths.map(fromText), (piece) => {
    chunks.push(Buffer.from(piece));
    return undefined;
  });
  expect(ended).toEqual({ exitCode: 0, messages: '' });
  return Buffer.concat(chunks);
}

function read(chunks: readonly Buffer[]): Entry[] {
  const entries: Entry[] = [];
  const reader = createTarReader(hashingVisitor((entry) => entries.push(entry)));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return entries;
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Packs members as another tar would; tar-stream fills in what is left out. */
async function foreign(
  ...headers: Parameters<ReturnType<typeof pack>['entry']>[0][]
): Promise<Buffer> {
  const archive = pack();
  for (const header of headers) archive.entry(header, header.type === undefined ? 'x' : '');
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('The tar reader', () => {
  it('tells every member of an archive that GNU tar wrote, holes filled and links resolved', async () => {
    const tree = richTree();
    const entries = read([await archiveOf(tree)]);
    expect(entries.map(({ path }) => toText(path))).toEqual(tree.paths);
    const byPath = new Map(entries.map((entry) => [toText(entry.path), entry]));
    expect(byPath.get('/b')).toMatchObject({ type: 'hard-link', target: '/a' });
    expect(byPath.get('/link')).toMatchObject({ type: 'symlink', target: '../a b' });
    expect(byPath.get('/empty')).toMatchObject({
      sizeBytes: 3_000_003,
      sha256: sha256(readFileSync(tree.host.at('/empty'))),
    });
    expect(byPath.get('/big')).toMatchObject({ sha256: sha256(Buffer.alloc(300_000, 'abc')) });
  });

  it('agrees with tar-stream about everything that tar-stream knows', async () => {
    const tree = richTree();
    tree.paths = tree.paths.filter((path) => path !== '/empty');
    const archive = await archiveOf(tree);
    const other: unknown[] = [];
    const reader = extract();
    reader.on('entry', (header, stream, next) => {
      const { name, mode, uid, gid, size, type } = header;
      other.push({ name: name.replace(/\/$/, ''), mode, uid, gid, size, type });
      stream.resume().on('end', next);
    });
    reader.end(archive);
    await new Promise<void>((resolve) => reader.on('finish', () => resolve()));
    const own = read([archive]).map(({ path, mode, uid, gid, sizeBytes, type }) => ({
      name: `.${toText(path)}`.replace(/\/$/, ''),
      mode,
      uid,
      gid,
      size: sizeBytes,
      type: type === 'hard-link' ? 'link' : type,
    }));
    expect(own).toEqual(other);
  });

  it('comes to the same wherever the stream is cut', async () => {
    const archive = await archiveOf(richTree());
    const whole = read([archive]);
    const cuts = fc.array(fc.integer({ min: 0, max: archive.length }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (places) => {
        const sorted = [0, ...places.toSorted((one, other) => one - other), archive.length];
        const chunks = sorted.slice(1).map((end, index) => archive.subarray(sorted[index], end));
        expect(read(chunks)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('hands on the raw bytes of every member, so that they make an archive again', async () => {
    const archive = await archiveOf(richTree());
    const raw: Buffer[] = [];
    const reader = createTarReader({ member: () => undefined, raw: (chunk) => raw.push(chunk) });
    for (let at = 0; at < archive.length; at += 1_000)
      reader.push(archive.subarray(at, at + 1_000));
    reader.end();
    const again = Buffer.concat(raw);
    expect(again.equals(archive.subarray(0, again.length))).toBe(true);
    expect(archive.subarray(again.length).every((byte) => byte === 0)).toBe(true);
  });

  it.each(['../a', './../a', './a/../../b', '/etc/passwd', './a//b', './a/./b', '..', 'a'])(
    'refuses the name %s',
    async (name) => {
      const archive = await foreign({ name });
      expect(() => read([archive])).toThrow('a member has the name');
    },
  );

  it('refuses a hard link that leaves the tree', async () => {
    const archive = await foreign({ name: './a', type: 'link', linkname: '../../etc/shadow' });
    expect(() => read([archive])).toThrow('a member has the name "../../etc/shadow"');
  });

  it('refuses a header that does not add up to its checksum', async () => {
    const archive = await foreign({ name: './a' });
    archive.writeUInt8(archive.readUInt8(3) ^ 1, 3);
    expect(() => read([archive])).toThrow('a header has a wrong checksum');
  });

  it('refuses an archive that ends in its middle, wherever that is', async () => {
    const archive = await archiveOf(richTree());
    const end = archive.findLastIndex((byte) => byte !== 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: end }), (length) => {
        expect(() => read([archive.subarray(0, length)])).toThrow('the archive ends in its middle');
      }),
      { numRuns: 50 },
    );
  });

  it('refuses members that no backup has', async () => {
    const archive = await foreign({ name: './a', type: 'contiguous-file' });
    expect(() => read([archive])).toThrow('a member has the unknown type "7"');
  });
});

describe('tar', () => {
  it('takes exactly the paths of the list, and nothing below a directory', async () => {
    const host = testHost({ '/d/in': 'x', '/-z': 'hyphen' });
    mkdirSync(host.at('/e'));
    const entries = read([await archiveOf({ host, paths: ['/-z', '/d'] })]);
    expect(entries.map(({ path }) => path)).toEqual(['/-z', '/d']);
  });
});
