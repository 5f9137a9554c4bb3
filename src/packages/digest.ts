import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Plan } from '../domain/plan.ts';
import { canonicalJson } from '../planning/canonical.ts';

/**
 * SHA-256 of the plan's canonical JSON, in lower-case hexadecimal digits. An approval is bound to
 * it. Lies beside the package managers and not in src/planning, because hashing needs `node:crypto`,
 * which does not exist where workflows run.
 */
export function planDigest(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/**
 * SHA-256 of what a plan installs and removes, whatever the host is called and had before: hosts
 * with the same one get the same.
 */
export function changesDigest({ manager, changes, removals }: Plan): string {
  const installed = changes.map(({ name, architecture, newVersion, sha256 }) => ({
    ...{ name, architecture, newVersion, sha256 },
  }));
  const removed = removals.map(({ name, architecture }) => ({ name, architecture }));
  const text = canonicalJson({ manager, installed, removed });
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of a file, in lower-case hexadecimal digits. Throws the operating system's error. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
