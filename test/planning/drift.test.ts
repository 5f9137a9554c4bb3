import { describe, expect, it } from '@jest/globals';
import type { ChangeRow, PlanOverview } from '../../src/domain/plan.ts';
import { describeDrift } from '../../src/planning/drift.ts';

function row(name: string, newVersion: string, more: Partial<ChangeRow> = {}): ChangeRow {
  return {
    name,
    architecture: 'amd64',
    oldVersion: '1.0',
    newVersion,
    origin: 'Debian-Security:12/stable-security',
    security: true,
    sizeBytes: 1_000,
    cves: [],
    advisory: null,
    ...more,
  };
}

let digests = 0;

function plan(rows: ChangeRow[], more: Partial<PlanOverview> = {}): PlanOverview {
  const removals = more.removals ?? [];
  return {
    digest: String(++digests).padStart(64, '0'),
    scope: 'all',
    madeAt: '2026-11-24T18:43:00.000Z',
    changeCount: rows.length,
    securityCount: rows.length,
    removalCount: removals.length,
    downloadBytes: 1_000,
    rows,
    removals,
    held: [],
    rebootExpected: { answer: 'no', reason: 'nothing asks for it' },
    ...more,
  };
}

const removal = (name: string) => ({ name, architecture: 'amd64', oldVersion: '1.0' });

describe('the drift between two plans', () => {
  it('is nothing between plans of the same digest', () => {
    const one = plan([row('nginx', '2')]);
    expect(describeDrift(one, { ...plan([row('nginx', '3')]), digest: one.digest })).toEqual([]);
  });

  it('names a package that came in, one that went out and one whose version changed', () => {
    const before = plan([row('curl', '2'), row('nginx', '2'), row('perl', '2')]);
    const after = plan([row('nginx', '3'), row('openssl', '2'), row('perl', '2')]);
    expect(describeDrift(before, after)).toEqual([
      'nginx:amd64 goes to 3 instead of 2',
      'openssl:amd64 2 came in',
      'curl:amd64 2 went out',
    ]);
  });

  it('keeps two architectures of one package apart', () => {
    const before = plan([row('libc6', '2'), row('libc6', '2', { architecture: 'i386' })]);
    const after = plan([row('libc6', '2'), row('libc6', '3', { architecture: 'i386' })]);
    expect(describeDrift(before, after)).toEqual(['libc6:i386 goes to 3 instead of 2']);
  });

  it('names a package that somebody changed on the host meanwhile', () => {
    const after = plan([row('nginx', '2', { oldVersion: '1.5' })]);
    expect(describeDrift(plan([row('nginx', '2')]), after)).toEqual([
      'nginx:amd64 is now installed in version 1.5 instead of 1.0',
    ]);
  });

  it('names what would be removed, and what no longer would', () => {
    const before = plan([], { removals: [removal('exim4')] });
    const after = plan([], { removals: [removal('telnet')] });
    expect(describeDrift(before, after)).toEqual([
      'telnet:amd64 would be removed',
      'exim4:amd64 would stay',
    ]);
  });

  it('says that an archive changed where every version is the same', () => {
    const after = plan([row('nginx', '2')]);
    expect(describeDrift(plan([row('nginx', '2')]), after)).toEqual([
      expect.stringContaining(`the digest is ${after.digest}`),
    ]);
  });

  it('does not take a package for gone that only moved beyond the rows that are shown', () => {
    const before = plan([row('a', '1'), row('c', '1')], { changeCount: 3 });
    const after = plan([row('a', '2'), row('b', '1')], { changeCount: 4 });
    expect(describeDrift(before, after)).toEqual([
      'a:amd64 goes to 2 instead of 1',
      'the plan has 4 packages instead of 3',
    ]);
  });
});
