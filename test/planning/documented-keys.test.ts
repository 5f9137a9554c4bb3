import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Policy } from '../../src/domain/policy.ts';
import { configSchema } from '../../src/planning/config-schema.ts';
import { overridden } from '../../src/planning/overrides.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const PAGES = ['docs/policies.md', 'docs/inventory.md', 'docs/rollouts.md'].map(read).join('\n');

/** Every key that the file may have, wherever it stands in it. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(keysOf)];
}

/** Key and example of each row of the table of a policy's keys. */
function examples(): [string, string][] {
  const [, table = ''] = /^\| key +\| default +\| example [^\n]*\n(.*?)\n\n/ms.exec(PAGES) ?? [];
  return table.split('\n').flatMap((row) => {
    const [, key, example] = /^\| (`[^|]+`) +\|[^|]*\| `([^|]+)` +\|/.exec(row) ?? [];
    return key === undefined || example === undefined ? [] : [[key, example] as [string, string]];
  });
}

const BASE = Policy.parse({
  window: { rrule: 'FREQ=DAILY', start: '02:00', duration: '4h', timeZone: 'UTC' },
});

describe('the documentation of the file', () => {
  it.each([...new Set(keysOf(configSchema()))])('has the key %s', (key) => {
    expect(PAGES).toMatch(new RegExp(`\\b${key}\\b`));
  });

  it('has an example of each key of a policy', () => {
    expect(examples().length).toBeGreaterThan(30);
  });

  it.each(examples())('has a right example of %s: %s', (keys, example) => {
    const given = parse(example) as object;
    for (const [, path = ''] of keys.matchAll(/`([^`]+)`/g)) {
      const found = path.split('.').reduce<unknown>((at, key) => Object(at)[key], given);
      expect(found).toBeDefined();
    }
    expect(overridden(BASE, given)).toMatchObject({ success: true });
  });
});
