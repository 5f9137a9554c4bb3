import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../../../src/domain/plan.ts';
import { describeLeftOut } from '../../../src/packages/dnf/left-out.ts';

const web = (version: string) => ({ name: 'web', architecture: 'noarch', version });

describe('A security fix that no repository has', () => {
  it.each<Scope>(['all', 'security'])('is named in the scope %s', (scope) => {
    const simulated = {
      ...{ scope, fixes: [web('1.2-1')], excluded: [] },
      ...{ installs: [], removals: [], skipped: [], problems: [] },
    };
    const states = [{ ...web('1.0-1'), installedBytes: 1, transaction: 1 }];
    const sentence =
      'web has a security fix, 1.2-1, that the plan leaves out: dnf offers no update to it';
    expect(describeLeftOut(simulated, [], states, [])).toEqual([sentence]);
    expect(describeLeftOut(simulated, [], states, ['web'])).toEqual([]);
    const done = [{ ...web('1.2-1'), installedBytes: 1, transaction: 1 }];
    expect(describeLeftOut(simulated, [], done, [])).toEqual([]);
  });
});
