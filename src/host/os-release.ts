import { readFile } from 'node:fs/promises';
import type { Facts } from '../domain/facts.ts';
import { orIfMissing } from './errno.ts';

/** The places of os-release(5), the first one wins. */
const PLACES = ['/etc/os-release', '/usr/lib/os-release'];

/** Which distribution this is; what the file does not say is `unknown`. */
export async function readOsRelease(): Promise<Facts['os']> {
  return parseOsRelease(await readText());
}

/** The distribution's own name and those of the distributions that it is like, the nearest first. */
export async function readDistributions(): Promise<string[]> {
  return parseDistributions(await readText());
}

async function readText(): Promise<string> {
  for (const place of PLACES) {
    const text = await orIfMissing(readFile(place, 'utf8'), null);
    if (text !== null) return text;
  }
  return '';
}

export function parseOsRelease(text: string): Facts['os'] {
  const fields = parseFields(text);
  const id = fields.get('ID') ?? 'unknown';
  const version = fields.get('VERSION_ID') ?? 'unknown';
  return { id, version, name: fields.get('PRETTY_NAME') ?? `${id} ${version}` };
}

export function parseDistributions(text: string): string[] {
  const fields = parseFields(text);
  const words = `${fields.get('ID') ?? ''} ${fields.get('ID_LIKE') ?? ''}`;
  return words.split(/\s+/).filter((word) => word !== '');
}

/** Parses `KEY=value` lines; values may be quoted as a shell quotes them, see os-release(5). */
function parseFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z_][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) fields.set(key, unquote(value));
  }
  return fields;
}

function unquote(value: string): string {
  const [, , inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
  return (inner ?? value).replace(/\\(["'$`\\])/g, '$1');
}
