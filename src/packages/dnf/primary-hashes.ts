import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { StepFailure } from '../../domain/failure.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { readCacheDirectory } from './cache-directory.ts';
import type { Dialect } from './dialects/dialect.ts';
import { withoutZeroEpoch } from './parse-simulation.ts';

type Wanted = {
  name: string;
  architecture: string;
  newVersion: string;
  repository: string;
  sizeBytes: number;
};

/**
 * SHA-256 by `name:architecture` from the lists that dnf keeps, for a dialect whose queries do not
 * say it. Those lists have been verified when dnf fetched them.
 * Fails with `UnsupportedHost` where a list is compressed in a way that cannot be read here.
 */
export async function readPrimaryHashes(
  tools: HostTools,
  dialect: Dialect,
  wanted: readonly Wanted[],
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  if (wanted.length === 0) return hashes;
  const cache = await readCacheDirectory(tools, dialect);
  for (const [repository, group] of Map.groupBy(wanted, (one) => one.repository)) {
    const file = await findPrimary(cache, repository);
    if (file === null) continue;
    for (const [key, hash] of await hashesIn(decompressed(file), group)) hashes.set(key, hash);
  }
  return hashes;
}

/**
 * The list of a repository lies in `CACHE/ID-HASH/repodata`. There is one for each address that the
 * repository has had; the newest is in use.
 */
async function findPrimary(cache: string, repository: string): Promise<string | null> {
  const directories = (await orIfMissing(readdir(cache), []))
    .filter((name) => name.startsWith(`${repository}-`))
    .filter((name) => /^-[0-9a-f]{16}$/.test(name.slice(repository.length)))
    .map((name) => join(cache, name, 'repodata'));
  const dated = await Promise.all(
    directories.map(async (directory) => {
      const entry = await orIfMissing(stat(join(directory, 'repomd.xml')), null);
      return { directory, time: entry?.mtimeMs ?? 0 };
    }),
  );
  const [newest] = dated.toSorted((one, other) => other.time - one.time);
  if (newest === undefined) return null;
  const names = await orIfMissing(readdir(newest.directory), []);
  const name = names.find((one) => /\bprimary\.xml(?:\.[a-z]+)?$/.test(one));
  return name === undefined ? null : join(newest.directory, name);
}

function decompressed(file: string): Readable {
  const raw = createReadStream(file);
  const forward = (decompressor: NodeJS.ReadWriteStream & Readable): Readable => {
    raw.on('error', (error) => decompressor.destroy(error));
    raw.pipe(decompressor);
    return decompressor;
  };
  switch (extname(file)) {
    case '.xml':
      return raw;
    case '.gz':
      return forward(createGunzip());
    case '.zst':
      return forward(createZstdDecompress());
    default:
      raw.destroy();
      throw new StepFailure('UnsupportedHost', `${file} is compressed in a way that is not known`, {
        remedy: 'Have the repository publish its lists compressed with gzip or zstd.',
      });
  }
}

/** The longest element of a package, with every file that it names, has some megabytes. */
const ELEMENT_LENGTH_MAX = 64 * 1024 * 1024;

/** Reads the elements `package` of a list one after another: a whole one may have hundreds of megabytes. */
export async function hashesIn(
  list: AsyncIterable<Buffer | string>,
  wanted: readonly Wanted[],
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of list) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const elements = rest.split('</package>');
    rest = elements.pop() ?? '';
    if (rest.length > ELEMENT_LENGTH_MAX) throw new Error('a list has a package without an end');
    for (const element of elements) {
      const found = parseElement(element);
      if (found === null) continue;
      const match = wanted.find((one) => isSame(one, found));
      if (match !== undefined) hashes.set(keyOf(match), found.sha256);
    }
  }
  return hashes;
}

type Element = Omit<Wanted, 'repository'> & { sha256: string };

/** The form of a list's elements is that of createrepo; null where one has no SHA-256. */
function parseElement(element: string): Element | null {
  const name = /<name>([^<]+)<\/name>/.exec(element)?.[1];
  const architecture = /<arch>([^<]+)<\/arch>/.exec(element)?.[1];
  const version = /<version ([^>]*)>/.exec(element)?.[1] ?? '';
  const [epoch = '0', ver, rel] = ['epoch', 'ver', 'rel'].map((one) => attribute(version, one));
  const sha256 = /<checksum [^>]*type="sha256"[^>]*>([0-9a-f]{64})<\/checksum>/.exec(element)?.[1];
  const size = attribute(/<size ([^>]*)>/.exec(element)?.[1] ?? '', 'package');
  if (!name || !architecture || !ver || !rel || !sha256) return null;
  const newVersion = withoutZeroEpoch(`${epoch}:${ver}-${rel}`);
  return { name, architecture, newVersion, sizeBytes: Number(size), sha256 };
}

function attribute(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];
}

function isSame(wanted: Wanted, found: Element): boolean {
  const same = keyOf(wanted) === keyOf(found) && wanted.newVersion === found.newVersion;
  return same && wanted.sizeBytes === found.sizeBytes;
}
