import { describe, expect, it } from '@jest/globals';
import { Config } from '../../src/domain/config.ts';
import { budgetsOf } from '../../src/planning/budgets.ts';

const hosts = Object.fromEntries(
  Array.from({ length: 7 }, (_, index) => [`web-${index}`, { policy: 'any', groups: ['web'] }]),
);
const config = (groups: object) => Config.parse({ groups, hosts });

describe('the disruption budget of a group', () => {
  it('is the number of hosts that its file says', () => {
    expect(budgetsOf(config({ web: { budget: 2 } }), ['web'])).toEqual([
      { group: 'web', slots: 2 },
    ]);
  });

  it('given as a share is of the whole group and never more than that share', () => {
    expect(budgetsOf(config({ web: { budget: '40%' } }), ['web'])).toEqual([
      { group: 'web', slots: 2 },
    ]);
  });

  it('lets a small group be patched at all', () => {
    expect(budgetsOf(config({ web: { budget: '10%' } }), ['web'])[0]?.slots).toBe(1);
  });

  it('of an exclusive group is one host, whatever else is said', () => {
    expect(budgetsOf(config({ web: { budget: 3, exclusive: true } }), ['web'])[0]?.slots).toBe(1);
  });

  it('is none where nobody set one', () => {
    expect(budgetsOf(config({ web: {} }), ['web', 'unknown', 'constructor'])).toEqual([]);
  });

  it('is listed by name', () => {
    const both = config({ b: { budget: 1 }, a: { budget: 1 } });
    expect(budgetsOf(both, ['b', 'a']).map(({ group }) => group)).toEqual(['a', 'b']);
  });
});
