import { readFileSync } from 'node:fs';

/** Captured output of the real tools; see test/fixtures/apt/README.md. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/apt/${name}`, import.meta.url), 'utf8');
}
