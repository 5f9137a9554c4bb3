import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/domain/plan.ts';
import { planDigest } from '../../src/packages/digest.ts';

const plan: Plan = {
  format: 1,
  host: 'web-1',
  manager: 'apt',
  scope: 'security',
  changes: [
    {
      name: 'openssl',
      architecture: 'amd64',
      oldVersion: '3.0.20-1~deb12u2',
      newVersion: '3.0.22-1~deb12u2',
      archive: 'openssl_3.0.22-1~deb12u2_amd64.deb',
      sha256: 'c'.repeat(64),
      sizeBytes: 1_441_784,
      origin: 'Debian-Security:12/oldstable-security',
      security: true,
    },
  ],
  removals: [],
};

describe("A plan's digest", () => {
  it('is the same whatever the order of the fields', () => {
    const [change] = plan.changes;
    const turned = Object.fromEntries(Object.entries(change ?? {}).toReversed());
    const other = Object.fromEntries(Object.entries({ ...plan, changes: [turned] }).toReversed());
    expect(planDigest(other as Plan)).toBe(planDigest(plan));
  });

  it('is what approvals were given for, release after release', () => {
    expect(planDigest(plan)).toBe(
      'a6b2c5b8111f1f08b0560b1ba2f7b5f31836fb3c6fd440579b198d5e22670bc7',
    );
  });

  it.each([
    ['host', { host: 'web-2' }],
    ['scope', { scope: 'all' as const }],
    ['version', { changes: plan.changes.map((one) => ({ ...one, newVersion: '3.0.23' })) }],
    ['hash', { changes: plan.changes.map((one) => ({ ...one, sha256: 'd'.repeat(64) })) }],
    ['removals', { removals: [{ name: 'x', architecture: 'all', oldVersion: '1' }] }],
  ])('is another one with another %s', (_, difference) => {
    expect(planDigest({ ...plan, ...difference })).not.toBe(planDigest(plan));
  });
});
