import { describe, expect, it } from '@jest/globals';
import { Config } from '../../src/domain/config.ts';
import { RolloutInput } from '../../src/domain/rollout.ts';
import { rolloutInput } from '../../src/planning/rollout-input.ts';
import { selectHosts } from '../../src/planning/select-hosts.ts';

const CONFIG = Config.parse({
  policies: {
    ordinary: { rollout: { waves: [1], halt: 2 } },
    critical: { rollout: { waves: ['50%'], soak: '2h' } },
  },
  groups: { web: { budget: 2 }, db: { exclusive: true } },
  hosts: {
    'web-1': { policy: 'ordinary', groups: ['web'], labels: { env: 'test' } },
    'web-2': { policy: 'ordinary', groups: ['web'], labels: { env: 'prod' } },
    'db-1': { policy: 'critical', groups: ['db'], labels: { env: 'prod' } },
    'db-2': { policy: 'critical', groups: ['db'] },
  },
});
const FLEET = { ...CONFIG, calendars: {} };

function inputOf(hosts: string[], rulesOf?: string): RolloutInput {
  const named = rulesOf === undefined ? {} : { rulesOf };
  const planned = rolloutInput(FLEET, { hosts, requestedBy: 'ada', ...named });
  if (!planned.ok) throw new Error(planned.message);
  return RolloutInput.parse(planned.input);
}

describe('the hosts of a rollout', () => {
  it('are chosen by name, group, policy and label, all of which must fit', () => {
    expect(selectHosts(FLEET, {})).toHaveLength(4);
    expect(selectHosts(FLEET, { groups: ['web', 'db'], labels: { env: 'prod' } })).toEqual([
      'web-2',
      'db-1',
    ]);
    expect(selectHosts(FLEET, { policies: ['critical'], hosts: ['db-2'] })).toEqual(['db-2']);
    expect(selectHosts(FLEET, { labels: { constructor: 'x' } })).toEqual([]);
  });
});

describe('a rollout', () => {
  it('is planned beforehand: waves, policies, budgets and rules', () => {
    const input = inputOf(['web-1', 'web-2']);
    expect(input.waves.map((wave) => wave.map(({ host }) => host))).toEqual([['web-1'], ['web-2']]);
    expect(input).toMatchObject({ halt: 2, budgets: [{ group: 'web', slots: 2 }] });
  });

  it('carries each policy once, without what is no business of a cycle', () => {
    const { policies, waves } = inputOf(['db-1', 'db-2']);
    expect(policies.map(({ name }) => name)).toEqual(['critical']);
    expect(policies[0]).not.toHaveProperty('rollout');
    expect(waves.flat().map(({ policy }) => policy)).toEqual([0, 0]);
  });

  it('over hosts of several policies needs a word whose rules count', () => {
    const request = { hosts: ['web-1', 'db-1'], requestedBy: 'ada' };
    expect(rolloutInput(FLEET, request)).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('--rules'),
    });
    expect(inputOf(['web-1', 'db-1'], 'critical')).toMatchObject({ soak: '2h' });
  });

  it('over nobody, or over a host that the file does not have, is refused', () => {
    for (const hosts of [[], ['web-9']]) {
      expect(rolloutInput(FLEET, { hosts, requestedBy: 'ada' })).toMatchObject({ ok: false });
    }
  });
});
