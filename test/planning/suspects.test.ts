import { describe, expect, it } from '@jest/globals';
import type { BadReport, SuspectVersion } from '../../src/domain/known-bad.ts';
import type { ChangeRow } from '../../src/domain/plan.ts';
import { objectionTo } from '../../src/planning/plan-limits.ts';
import { clearBad, isKnownBad, noteBad, suspectsOf } from '../../src/planning/suspects.ts';

const NOW = '2026-11-28T00:00:00.000Z';
const row = (name: string): ChangeRow => ({
  ...{ name, architecture: 'amd64', oldVersion: '1.0', newVersion: '1.1', origin: 'o' },
  ...{ security: true, sizeBytes: 1, cves: [], advisory: null },
});
const plan = (...names: string[]) => ({ rows: names.map(row), changeCount: names.length });
const failure = (message: string, type = 'HealthWorse') => ({ type, message });

describe('after a host was restored', () => {
  it('the package that the failure names is the reason for certain', () => {
    expect(suspectsOf(plan('shop', 'openssl'), failure('shop.service is down.'))).toEqual([
      { package: 'shop', version: '1.1', certain: true },
    ]);
  });

  it('a package is not named by a longer word that has it inside', () => {
    const suspects = suspectsOf(plan('ssh', 'g++'), failure('openssh-server is slow'));
    expect(suspects.map(({ certain }) => certain)).toEqual([false, false]);
  });

  it.each([
    'systemd[1]: Failed to start shop.service',
    'dpkg: error processing package shop (--configure); E: Sub-process /usr/bin/dpkg returned 1',
    'perl: warning: shop did not start',
  ])('a package is not named where it only says what is wrong with another: %s', (message) => {
    const suspects = suspectsOf(plan('systemd', 'dpkg', 'perl', 'shop'), failure(message));
    expect(suspects.map((one) => one.package)).toEqual(['shop']);
  });

  it('a package that says what is wrong with itself is the reason for certain', () => {
    const suspects = suspectsOf(
      plan('perl', 'shop'),
      failure('shop[12]: cannot open its database'),
    );
    expect(suspects).toEqual([{ package: 'shop', version: '1.1', certain: true }]);
  });

  it('the only package is the reason for certain, of several each is suspected', () => {
    expect(suspectsOf(plan('a'), failure('it is slower'))[0]?.certain).toBe(true);
    expect(suspectsOf(plan('a', 'b'), failure('it is slower')).map((one) => one.certain)).toEqual([
      false,
      false,
    ]);
  });

  it('nothing is suspected where the host or the time was the reason', () => {
    expect(suspectsOf(plan('a'), failure('gone', 'HostUnreachable'))).toEqual([]);
    expect(suspectsOf(plan('a'), failure('closed', 'WindowClosed'))).toEqual([]);
  });
});

describe('a version', () => {
  const report = (host: string, certain = false): BadReport => ({
    ...{ host, cycle: '20261128t000000z-00000000' },
    suspects: [{ package: 'shop', version: '2.0', certain }],
  });
  const bad = (...reports: BadReport[]) => {
    const list: { versions: SuspectVersion[] } = { versions: [] };
    for (const one of reports) noteBad(list, one, NOW);
    return list;
  };
  const known = (list: { versions: SuspectVersion[] }) => list.versions.some(isKnownBad);

  it('is known to be bad when it certainly was the reason, or two hosts suspect it', () => {
    expect(known(bad(report('web-1')))).toBe(false);
    expect(known(bad(report('web-1'), report('web-1')))).toBe(false);
    expect(known(bad(report('web-1'), report('web-2')))).toBe(true);
    expect(known(bad(report('web-1', true)))).toBe(true);
  });

  it('is cleared by a person, until it is seen again', () => {
    const list = bad(report('web-1', true));
    const clear = { package: 'shop', version: '2.0', by: 'ada', why: 'the disk was full' };
    expect(clearBad(list, clear, NOW)).toBe(true);
    expect(known(list)).toBe(false);
    expect(clearBad(list, clear, NOW)).toBe(false);
    noteBad(list, report('web-2'), NOW);
    expect(known(list)).toBe(false);
    noteBad(list, report('web-3'), NOW);
    expect(known(list)).toBe(true);
  });

  it('is forgotten when there are too many, those known to be bad at last', () => {
    const list = bad(report('web-1', true));
    for (let index = 0; index < 2_000; index++) {
      const suspects = [{ package: `p${index}`, version: '1', certain: false }];
      noteBad(list, { ...report('web-1'), suspects }, NOW);
    }
    expect(list.versions).toHaveLength(2_000);
    expect(known(list)).toBe(true);
  });

  it('is on a list that fits into one message of Temporal, whatever is reported', () => {
    const list = bad(report('web-1', true));
    const long = (index: number) => `${index}`.padStart(128, '0');
    for (let round = 0; round < 12; round++) {
      const host = `${long(round).slice(-60)}.example.org`;
      for (let first = 0; first < 2_000; first += 200) {
        const suspects = Array.from({ length: 200 }, (_, index) => ({
          ...{ package: long(first + index), version: long(0), certain: false },
        }));
        noteBad(list, { ...report(host), suspects }, NOW);
      }
    }
    expect(JSON.stringify(list).length).toBeLessThan(1_100_000);
    expect(list.versions.find((one) => one.package === 'shop')).toBeDefined();
  });
});

describe('a plan may not bring', () => {
  const change = { name: 'shop', newVersion: '2.0' };
  const pins = (packages: Record<string, string>) => ({
    knownBad: [],
    pins: { rollout: 'november', packages },
  });

  it('a version that is known to be bad', () => {
    const knownBad = [{ package: 'shop', version: '2.0' }];
    expect(objectionTo(change, { knownBad })).toMatch(
      /shop 2\.0 is left out: it is known to be bad/,
    );
    expect(objectionTo({ ...change, newVersion: '2.1' }, { knownBad })).toBeNull();
  });

  it('another version than the rollout has proved, nor a package that it has not', () => {
    expect(objectionTo(change, pins({ shop: '2.0' }))).toBeNull();
    expect(objectionTo(change, pins({ shop: '1.9' }))).toMatch(/rollout november has proved 1\.9/);
    expect(objectionTo(change, pins({}))).toMatch(/did not install it/);
    expect(objectionTo({ name: 'constructor', newVersion: '1' }, pins({}))).toMatch(/left out/);
  });
});
