import { isCanonical, toText, asBytePath, type BytePath } from './byte-path.ts';
import type { Entry } from './entry.ts';

/**
 * What a backup holds, as JSON Lines: first what is covered, then one line for each entry in the
 * order of the paths. A person can read it, and a line is written as soon as its entry is known.
 */
export type Manifest = {
  /** Directories that are covered whole. */
  trees: BytePath[];
  /** Places in them that are not covered. */
  excluded: BytePath[];
  entries: Entry[];
};

/** A name as JSON has it: text, or base64 of its bytes where it is not UTF-8. */
type JsonName = string | { base64: string };

/** Not a manifest that patchcycle wrote. */
export class MalformedManifest extends Error {
  override readonly name = 'MalformedManifest';
}

const FORMAT = 1;

export function headLine({ trees, excluded }: Pick<Manifest, 'trees' | 'excluded'>): string {
  return `${JSON.stringify({
    manifest: FORMAT,
    trees: trees.map(toJsonName),
    excluded: excluded.map(toJsonName),
  })}\n`;
}

export function entryLine(entry: Entry): string {
  const { path, target, ...rest } = entry;
  return `${JSON.stringify({
    path: toJsonName(path),
    ...rest,
    ...(target === undefined ? {} : { target: toJsonName(target) }),
  })}\n`;
}

/**
 * Reads a manifest whose hash was compared before.
 * Throws MalformedManifest when a path leaves its place, the order is broken or a line is foreign.
 */
export function parseManifest(content: Buffer): Manifest {
  let manifest: Manifest | null = null;
  let last = '';
  for (let at = 0; at < content.length;) {
    const newline = content.indexOf(0x0a, at);
    if (newline === -1) throw new MalformedManifest('the manifest ends in the middle of a line');
    const line = JSON.parse(content.toString('utf8', at, newline)) as Record<string, unknown>;
    at = newline + 1;
    if (manifest === null) {
      manifest = parseHead(line);
      continue;
    }
    const entry = parseEntry(line);
    if (entry.path <= last) throw new MalformedManifest(`${toText(entry.path)} is out of order`);
    last = entry.path;
    manifest.entries.push(entry);
  }
  if (manifest === null) throw new MalformedManifest('the manifest is empty');
  return manifest;
}

function parseHead(line: Record<string, unknown>): Manifest {
  if (line['manifest'] !== FORMAT) throw new MalformedManifest('the manifest has another format');
  return {
    trees: (line['trees'] as JsonName[]).map(pathOf),
    excluded: (line['excluded'] as JsonName[]).map(pathOf),
    entries: [],
  };
}

function parseEntry(line: Record<string, unknown>): Entry {
  const entry = line as unknown as Entry;
  entry.path = pathOf(line['path'] as JsonName);
  if (entry.target !== undefined) entry.target = fromJsonName(line['target'] as JsonName);
  if (entry.type === 'hard-link') entry.target = pathOf(line['target'] as JsonName);
  return entry;
}

function pathOf(name: JsonName): BytePath {
  const path = fromJsonName(name);
  if (!isCanonical(path)) throw new MalformedManifest(`${JSON.stringify(name)} is no path`);
  return path;
}

function toJsonName(name: string): JsonName {
  const text = toText(name);
  return fromJsonName(text) === name
    ? text
    : { base64: Buffer.from(name, 'latin1').toString('base64') };
}

function fromJsonName(name: JsonName): string {
  return asBytePath(
    typeof name === 'string'
      ? Buffer.from(name, 'utf8').toString('latin1')
      : Buffer.from(name.base64, 'base64').toString('latin1'),
  );
}
