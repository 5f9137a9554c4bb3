import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions, newestVersion } from '../../../src/packages/apt/compare-versions.ts';

/** What dpkg itself says, as the sign of a comparison. */
function dpkgSays(a: string, b: string): number {
  const holds = (relation: string) =>
    spawnSync('/usr/bin/dpkg', ['--compare-versions', a, relation, b]).status === 0;
  return holds('lt') ? -1 : holds('gt') ? 1 : 0;
}

const letters = fc.string({
  unit: fc.constantFrom(...'0019aAzZ.+~'),
  minLength: 0,
  maxLength: 6,
});
const versions = fc
  .record({
    epoch: fc.option(fc.integer({ min: 0, max: 12 })),
    upstream: letters,
    revision: fc.option(letters),
  })
  .map(
    ({ epoch, upstream, revision }) =>
      `${epoch === null ? '' : `${epoch}:`}1${upstream}${revision === null ? '' : `-1${revision}`}`,
  );

describe('The order of Debian versions', () => {
  it.each([
    ['1.0', '1.0-0', 0],
    ['0:1.0', '1.0', 0],
    ['1.0~rc1', '1.0', -1],
    ['1.0~~', '1.0~', -1],
    ['1.0a', '1.0+', -1],
    ['9', '10', -1],
    ['1:1', '2', 1],
    ['1.0-1+deb12u1', '1.0-1', 1],
    ['20230311+deb12u1', '20250419~deb12u2', -1],
    ['1.22.1-9+deb12u9', '1.22.1-9+deb12u11', -1],
    ['1.0.20240101123456789012', '1.0.20240101123456789013', -1],
    ['6.1.0-50-amd64', '6.1.0-56-amd64', -1],
  ])('of %s and %s is %d', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a)) + sign).toBe(0);
  });

  it("is dpkg's own", () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, dpkgSays(a, b)]);
      }),
      { numRuns: 150 },
    );
  });

  it('has a newest one, where there is any', () => {
    expect(newestVersion(['1.9', '1.10', '1.10~rc1'])).toBe('1.10');
    expect(newestVersion([])).toBeUndefined();
  });
});
