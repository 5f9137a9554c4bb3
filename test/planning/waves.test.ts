import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planWaves, type Candidate } from '../../src/planning/waves.ts';
import { RolloutRules } from '../../src/domain/rollout-rules.ts';

const fleet = fc.uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 60 }).chain((numbers) =>
  fc.tuple(
    ...numbers.map((number) =>
      fc.record({
        host: fc.constant(`host-${number}`),
        labels: fc.oneof(fc.constant({}), fc.constant({ tier: 'canary' })),
      }),
    ),
  ),
);

const rules = fc.record({
  waves: fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 100 }).map((share) => `${share}%`),
      fc.constant({ label: { tier: 'canary' } }),
    ),
    { maxLength: 6 },
  ),
  order: fc.constantFrom('listed' as const, 'name' as const),
});

const host = (name: string, labels: Candidate['labels'] = {}): Candidate => ({
  host: name,
  labels,
});
const names = (waves: Candidate[][]) => waves.map((wave) => wave.map((one) => one.host));

describe('the waves of a rollout', () => {
  it('have every host in exactly one of them, whatever the rules are', () => {
    fc.assert(
      fc.property(fleet, rules, (hosts, given) => {
        const planned = planWaves<Candidate>(hosts, given).flat();
        expect(planned).toHaveLength(hosts.length);
        expect(new Set(planned)).toEqual(new Set(hosts));
      }),
    );
  });

  it('are never empty', () => {
    fc.assert(
      fc.property(fleet, rules, (hosts, given) => {
        for (const wave of planWaves<Candidate>(hosts, given))
          expect(wave.length).toBeGreaterThan(0);
      }),
    );
  });

  it('begin with the canaries, by number, share or label, and end with the rest', () => {
    const hosts = [host('a'), host('b', { tier: 'canary' }), host('c'), host('d'), host('e')];
    const waves = [{ label: { tier: 'canary' } }, 1, '40%'];
    expect(names(planWaves(hosts, { waves, order: 'listed' }))).toEqual([
      ['b'],
      ['a'],
      ['c', 'd'],
      ['e'],
    ]);
  });

  it('of a small fleet have a canary too, because a share is never nobody', () => {
    expect(names(planWaves([host('a'), host('b')], { waves: ['1%'], order: 'listed' }))).toEqual([
      ['a'],
      ['b'],
    ]);
  });

  it('follow the order of the file, or the names where the policy says so', () => {
    const hosts = [host('b'), host('a')];
    expect(names(planWaves(hosts, { waves: [1], order: 'listed' }))).toEqual([['b'], ['a']]);
    expect(names(planWaves(hosts, { waves: [1], order: 'name' }))).toEqual([['a'], ['b']]);
  });

  it('have one canary, a tenth and the rest where the policy says nothing', () => {
    const hosts = Array.from({ length: 20 }, (_, index) => host(`host-${index}`));
    const planned = planWaves(hosts, RolloutRules.parse({}));
    expect(planned.map((wave) => wave.length)).toEqual([1, 2, 17]);
  });
});
