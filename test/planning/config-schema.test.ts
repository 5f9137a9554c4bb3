import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { configSchema } from '../../src/planning/config-schema.ts';
import { parseConfig } from '../../src/planning/config.ts';

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

const ajv = new Ajv({ allErrors: true, strict: false });
formats.default(ajv);
const accepts = ajv.compile(configSchema());

/** Whole files among the code blocks of a document. */
function filesIn(markdown: string): string[] {
  return [...markdown.matchAll(/^```yaml\n(.*?)^```/gms)]
    .map(([, text = '']) => text)
    .filter((text) => /^(?:policies|calendars|groups|hosts):/m.test(text));
}

describe('the JSON Schema of the file', () => {
  it('is kept in the repository as the code gives it; otherwise: npm run schema', () => {
    expect(JSON.parse(read('schema/inventory.schema.json'))).toEqual(configSchema());
  });

  it('and the check accept every file of the documentation and the examples', () => {
    const files = [
      read('examples/patchcycle.yaml'),
      read('examples/nightly.yaml'),
      read('packaging/docker/inventory.yaml'),
      ...filesIn(read('docs/policies.md')),
      ...filesIn(read('docs/inventory.md')),
      ...filesIn(read('README.md')),
    ];
    expect(files.length).toBeGreaterThan(4);
    const calendar = read('examples/holidays.ics');
    for (const file of files) {
      accepts(parse(file));
      expect(accepts.errors).toBeNull();
      expect(parseConfig(file, 'a.yaml', Date.now(), () => calendar)).toMatchObject({ ok: true });
    }
  });

  it.each([
    ['an unknown key', { policies: { p: { scop: 'all' } } }],
    ['a hostile host name', { hosts: { '-oProxyCommand=x': { policy: 'p' } } }],
    ['a host without a policy', { hosts: { a: {} } }],
    ['a window without a time zone', { policies: { p: { window: { rrule: 'FREQ=DAILY' } } } }],
    ['an unknown override', { hosts: { a: { policy: 'p', overrides: { scop: 'all' } } } }],
    ['an override of a wrong kind', { hosts: { a: { policy: 'p', overrides: { backup: 3 } } } }],
  ])('refuses %s', (_, document) => {
    expect(accepts(document)).toBe(false);
  });

  it('takes overrides that are a part of a policy, and null', () => {
    const overrides = { window: { start: '03:00' }, backup: null };
    expect(accepts({ hosts: { a: { policy: 'p', overrides } } })).toBe(true);
  });
});
