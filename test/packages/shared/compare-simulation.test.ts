import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/plan.ts';
import {
  beyond,
  deviations,
  type Simulation,
} from '../../../src/packages/shared/compare-simulation.ts';

function change(name: string, newVersion: string, architecture = 'amd64'): Change {
  return {
    name,
    architecture,
    newVersion,
    oldVersion: '1.0',
    archive: `${name}.deb`,
    sha256: '0'.repeat(64),
    sizeBytes: 1,
    origin: '',
    security: true,
  };
}

function simulation(
  installs: readonly Change[],
  removals: Simulation['removals'] = [],
): Simulation {
  return { installs, removals };
}

const web = change('web', '1.1');
const lib = change('lib', '1.1');

describe('A simulation of an installation', () => {
  it('that does exactly what was approved has nothing to be said about it', () => {
    const approved = { changes: [web, lib], removals: [], allowed: [web, lib] };
    expect(deviations('apt', simulation([lib, web]), approved)).toEqual([]);
  });

  it('may pull forward what the rest of the plan holds', () => {
    const approved = { changes: [web], removals: [], allowed: [web, lib] };
    expect(deviations('apt', simulation([web, lib]), approved)).toEqual([]);
  });

  it.each<[string, Simulation, string]>([
    [
      'another version',
      simulation([change('web', '1.2')]),
      'apt would bring web:amd64 to 1.2, which is approved as 1.1',
    ],
    [
      'another package',
      simulation([web, lib]),
      'apt would bring lib:amd64 to 1.1, which is not in the approved plan',
    ],
    [
      'another architecture',
      simulation([web, change('web', '1.1', 'i386')]),
      'apt would bring web:i386 to 1.1, which is not in the approved plan',
    ],
    [
      'a removal',
      simulation([web], [{ name: 'rival', architecture: null }]),
      'apt would remove rival, which is not in the approved plan',
    ],
    ['less', simulation([]), 'apt would leave web:amd64 as it is instead of bringing it to 1.1'],
  ])('that would do %s is told', (_, simulated, sentence) => {
    const approved = { changes: [web], removals: [], allowed: [web] };
    expect(deviations('apt', simulated, approved)).toEqual([sentence]);
  });

  it('has to make the removals that are approved, of that architecture', () => {
    const removals = [{ name: 'rival', architecture: 'i386', oldVersion: '1' }];
    const approved = { changes: [], removals, allowed: [] };
    const removing = (architecture: string | null) =>
      simulation([], [{ name: 'rival', architecture }]);
    expect(deviations('apt', removing('i386'), approved)).toEqual([]);
    expect(deviations('apt', removing('amd64'), approved)).toEqual([
      'apt would remove rival, which is not in the approved plan',
    ]);
    expect(deviations('apt', simulation([]), approved)).toEqual([
      'apt would keep rival:i386 instead of removing it',
    ]);
    expect(beyond('apt', simulation([]), approved)).toEqual([]);
  });
});
