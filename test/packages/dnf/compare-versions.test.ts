import { describe, expect, it } from '@jest/globals';
import { compareVersions, newestVersion } from '../../../src/packages/dnf/compare-versions.ts';

describe('The order of rpm versions', () => {
  // From rpm's own tests, tests/rpmvercmp.at, and from names that are in distributions.
  it.each([
    ['1.0', '1.0', 0],
    ['1.0', '2.0', -1],
    ['2.0.1', '2.0', 1],
    ['2.0.1a', '2.0.1', 1],
    ['5.5p1', '5.5p2', -1],
    ['5.5p10', '5.5p1', 1],
    ['10xyz', '10.1xyz', -1],
    ['xyz10', 'xyz10.1', -1],
    ['xyz.4', '8', -1],
    ['5.5p2', '5.6p1', -1],
    ['6.0.rc1', '6.0', 1],
    ['10b2', '10a1', 1],
    ['10a2', '10b2', -1],
    ['1.0a', '1.0aa', -1],
    ['10.0001', '10.0039', -1],
    ['10.0001', '10.1', 0],
    ['4.999.9', '5.0', -1],
    ['20101121', '20101122', -1],
    ['2_0', '2.0', 0],
    ['a+', 'a_', 0],
    ['1.0~rc1', '1.0', -1],
    ['1.0~rc1~git123', '1.0~rc1', -1],
    ['1.0^', '1.0', 1],
    ['1.0^git1', '1.0.1', -1],
    ['1.0^git1', '1.01', -1],
    ['1.0~rc1^git1', '1.0~rc1', 1],
    ['1.0^git1~pre', '1.0^git1', -1],
    ['1:1.0-1', '2.0-1', 1],
    ['0:1.0-1', '1.0-1', 0],
    ['1.0-1.el9_2', '1.0-1.el9', 1],
    ['5.14.0-427.13.1.el9_4', '5.14.0-70.el9', 1],
    ['1.20240101123456789012-1', '1.20240101123456789013-1', -1],
  ])('of %s and %s is %d', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
    expect(Math.sign(compareVersions(b, a)) + sign).toBe(0);
  });

  it('has a newest one, where there is any', () => {
    expect(newestVersion(['1.9-1', '1.10-1', '1.10~rc1-1'])).toBe('1.10-1');
    expect(newestVersion([])).toBeUndefined();
  });
});
