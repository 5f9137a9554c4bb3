import { describe, expect, it } from '@jest/globals';
import type { PlanOverview } from '../../src/domain/plan.ts';
import { NamedPolicy } from '../../src/domain/policy.ts';
import { needsPerson } from '../../src/planning/approval-rule.ts';

const policy = (required: boolean) =>
  NamedPolicy.parse({ name: 'ordinary', approval: { required } });

function removing(...names: string[]): PlanOverview {
  return {
    digest: '0'.repeat(64),
    scope: 'all',
    madeAt: '2026-11-24T18:43:00.000Z',
    changeCount: 1,
    securityCount: 0,
    removalCount: names.length,
    downloadBytes: 0,
    rows: [],
    removals: names.map((name) => ({ name, architecture: 'amd64', oldVersion: '1' })),
    held: [],
    rebootExpected: { answer: 'no', reason: '' },
  };
}

describe('whether a plan needs a person', () => {
  it('is decided by the policy where nothing is removed', () => {
    expect(needsPerson(policy(false), removing(), true)).toBeNull();
    expect(needsPerson(policy(true), removing(), true)).toBe('policy ordinary asks for approval');
  });

  it('is yes where the host itself allows no unattended cycles', () => {
    expect(needsPerson(policy(false), removing(), false)).toBe(
      'the host accepts no plan that no person has approved',
    );
  });

  it('is yes for every removal, whatever the policy says', () => {
    expect(needsPerson(policy(false), removing('exim4'), true)).toBe('the plan removes exim4');
  });

  it('is no where only the oldest of the kernels goes that stand beside each other', () => {
    const plan = removing('kernel');
    const kernel = { name: 'kernel', architecture: 'amd64', newVersion: '4', origin: 'updates' };
    const row = { ...kernel, security: true, sizeBytes: 1, cves: [], advisory: null };
    const beside = { ...plan, rows: [{ ...row, oldVersion: null }] };
    expect(needsPerson(policy(false), beside, true)).toBeNull();
    const instead = { ...plan, rows: [{ ...row, oldVersion: '1' }] };
    expect(needsPerson(policy(false), instead, true)).toBe('the plan removes kernel');
  });

  it('names at most five of the removals and counts the others', () => {
    expect(needsPerson(policy(false), removing('a', 'b', 'c', 'd', 'e', 'f', 'g'), true)).toBe(
      'the plan removes a, b, c, d, e and 2 more',
    );
  });
});
