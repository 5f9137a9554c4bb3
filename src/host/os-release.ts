import { readFile } from 'node:fs/promises';
import type { Facts } from '../domain/facts.ts';
import { orIfMissing } from './errno.ts';

/** The places of os-release(5), the first one wins. */
const PLACES = ['/etc/os-release', '/usr/lib/os-release'];

/** Which distribution this is; what the file does not say is `unknown`. */
export async function readOsRelease(): Promise<Facts['os']> {
  for (const place of PLACES) {
    const text = await orIfMissing(readFile(place, 'utf8'), null);
    if (text !== null) return parseOsRelease(text);
  }
  return parseOsRelease('');
}

/** Parses `KEY=value` lines; values may be quoted as a shell quotes them, see os-release(5). */
export function parseOsRelease(text: string): Facts['os'] {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z_][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    if (key !== undefined && value !== undefined) fields.set(key, unquote(value));
  }
  const id = fields.get('ID') ?? 'unknown';
  const version = fields.get('VERSION_ID') ?? 'unknown';
  return { id, version, name: fields.get('PRETTY_NAME') ?? `${id} ${version}` };
}

function unquote(value: string): string {
  const [, , inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
  return (inner ?? value).replace(/\\(["'$`\\])/g, '$1');
}
