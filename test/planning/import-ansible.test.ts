import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../src/planning/config.ts';
import { importAnsible } from '../../src/planning/import-ansible.ts';
import { writeInventory } from '../../src/planning/write-inventory.ts';

function imported(list: unknown, labels: string[] = []) {
  const result = importAnsible(JSON.stringify(list), { policy: 'p', labels });
  if (!result.ok) throw new Error(result.message);
  return result;
}

const LIST = {
  _meta: {
    hostvars: {
      'web-1': { env: 'Prod', ansible_host: '192.0.2.1', http_port: 80 },
      DB_1: { motd: 'two words', env: 'two words' },
    },
  },
  all: { children: ['ungrouped', 'prod', 'web'] },
  prod: { children: ['web'] },
  web: { hosts: ['web-1', 'Web-2'] },
  'a b': { hosts: ['web-1', 'DB_1'] },
};

describe('what ansible-inventory lists', () => {
  it('gives each host its policy and every group that contains it', () => {
    expect(imported(LIST).config).toEqual({
      policies: { p: {} },
      hosts: {
        'web-1': { policy: 'p', groups: ['prod', 'web'] },
        'web-2': { policy: 'p', groups: ['prod', 'web'] },
      },
    });
  });

  it('gives the labels that are asked for', () => {
    expect(imported(LIST, ['env']).config.hosts?.['web-1']?.labels).toEqual({ env: 'prod' });
  });

  it('says by its kind what could not be carried over', () => {
    const { notCarried } = imported(LIST, ['env']);
    expect(notCarried).toEqual([
      'hosts whose names cannot be used (letters, digits, hyphens and dots): DB_1',
      'hosts that are written in lower case now: Web-2',
      'groups whose names cannot be used: a b',
      'variables by which ansible connects; here the agents connect: ansible_host',
      'variables (--label NAME makes a label of one): http_port',
    ]);
  });

  it('says which groups are one now because they differed only in capitals', () => {
    const list = { Web: { hosts: ['web-1'] }, web: { hosts: ['web-2'] } };
    const { config, notCarried } = imported({ _meta: {}, ...list });
    expect(config.hosts).toMatchObject({
      'web-1': { groups: ['web'] },
      'web-2': { groups: ['web'] },
    });
    expect(notCarried).toEqual(['groups that are written in lower case now: Web']);
  });

  it('makes labels of words, and of nothing that is none', () => {
    const hostvars = { 'web-1': { env: 'Prod', tier: null, zones: ['a'], rack: 5, spare: true } };
    const wanted = ['env', 'tier', 'zones', 'rack', 'spare'];
    const { config, notCarried } = imported({ _meta: { hostvars } }, wanted);
    expect(config.hosts?.['web-1']?.labels).toEqual({ env: 'prod', rack: '5', spare: 'true' });
    expect(notCarried).toEqual([
      'variables whose values cannot be labels (short words): tier, zones',
    ]);
  });

  it('that contains itself, or names groups that are nowhere, ends all the same', () => {
    const list = { one: { children: ['two'] }, two: { children: ['one', 'gone'], hosts: ['a'] } };
    expect(imported({ _meta: {}, ...list }).config.hosts).toEqual({
      a: { policy: 'p', groups: ['one', 'two'] },
    });
  });

  it.each([
    '',
    'plugin: x',
    '[]',
    '{}',
    '{"_meta":{"hostvars":3}}',
    '{"_meta":{},"g":{"hosts":"a"}}',
  ])('is not %j', (text) => {
    expect(importAnsible(text, { policy: 'p', labels: [] })).toMatchObject({ ok: false });
  });

  it('is in order as a file whatever it names, and no host is lost without a word', () => {
    const name = fc.oneof(
      fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,9}$/),
      fc.constantFrom('a;reboot', '-oX', 'web-1', 'WEB-1', 'x'.repeat(300), '$(id)', 'a\nb'),
    );
    const list = fc.dictionary(
      name,
      fc.record({
        hosts: fc.array(name, { maxLength: 6 }),
        children: fc.array(name, { maxLength: 3 }),
      }),
      { maxKeys: 30, noNullPrototype: true },
    );
    fc.assert(
      fc.property(list, (groups) => {
        const { config, notCarried } = imported({ ...groups, _meta: { hostvars: {} } });
        const text = writeInventory(config, 'a comment\nof two lines');
        const parsed = parseConfig(text, 'a.yaml');
        if (!parsed.ok) throw new Error(`${text}\n${JSON.stringify(parsed.errors)}`);
        const kept = Object.keys(parsed.config.hosts);
        for (const host of Object.values(groups).flatMap(({ hosts }) => hosts)) {
          expect(kept.includes(host.toLowerCase()) || notCarried.length > 0).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
