import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Announcement } from '../../src/domain/announcement.ts';
import { parseConfig } from '../../src/planning/config.ts';
import { diffInventory, findingsOf } from '../../src/planning/fleet.ts';
import { oldestCve } from '../../src/planning/oldest-cve.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

const parsed = parseConfig(
  'policies: { p: { approval: { required: false } }, q: {} }\nhosts: { a-1: { policy: p }, b-1: { policy: q } }\n',
  'p.yaml',
  NOW_MS,
);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
const inventory = parsed.config;

function record(lastSeenAt: string, fields: Partial<Announcement> = {}) {
  const announcement: Announcement = {
    host: 'a-1',
    agentVersion: '0.1.0',
    os: 'Debian 12',
    kernel: '6.1',
    manager: 'apt',
    unattended: true,
    signedApprovals: false,
    ...fields,
  };
  return { firstSeenAt: '2026-01-01T00:00:00Z', lastSeenAt, announcement };
}

describe('a finding about a host', () => {
  const fresh = record('2026-11-24T11:00:00Z');

  it('there is none of one that is in the file and spoke today', () => {
    expect(findingsOf({ host: 'a-1', record: fresh, policy: 'p' }, inventory, NOW_MS)).toEqual([]);
  });

  it('is that nothing was heard of it for a day', () => {
    const dayAgo = { host: 'a-1', record: record('2026-11-23T12:00:00Z'), policy: 'p' };
    expect(findingsOf(dayAgo, inventory, NOW_MS)).toEqual([]);
    const longer = { ...dayAgo, record: record('2026-11-23T11:00:00Z') };
    expect(findingsOf(longer, inventory, NOW_MS)).toEqual([
      'its agent was last heard of 1d 1h ago',
    ]);
  });

  it('is that no agent of it spoke, or that the file does not have it', () => {
    expect(findingsOf({ host: 'a-1', record: null, policy: 'p' }, inventory, NOW_MS)).toEqual([
      'no agent of it has announced itself',
    ]);
    expect(findingsOf({ host: 'c-1', record: fresh, policy: null }, inventory, NOW_MS)).toEqual([
      expect.stringMatching(/^it is not in the file/),
    ]);
    expect(findingsOf({ host: 'c-1', record: fresh, policy: undefined }, null, NOW_MS)).toEqual([]);
  });

  it('is that what is pending on it cannot be told', () => {
    const updates = {
      observedAt: '2026-11-24T11:00:00Z',
      pending: null,
      problem: 'the update could not be simulated',
      rebootPending: { answer: 'no' as const, reason: 'none' },
    };
    const broken = record('2026-11-24T11:00:00Z', { updates });
    expect(findingsOf({ host: 'a-1', record: broken, policy: 'p' }, inventory, NOW_MS)).toEqual([
      'what is pending on it cannot be told: the update could not be simulated',
    ]);
  });

  it('is that the host asks for approvals that its policy does not want', () => {
    const attended = record('2026-11-24T11:00:00Z', { unattended: false });
    expect(findingsOf({ host: 'a-1', record: attended, policy: 'p' }, inventory, NOW_MS)).toEqual([
      expect.stringMatching(/unattended: false/),
    ]);
    expect(findingsOf({ host: 'b-1', record: attended, policy: 'q' }, inventory, NOW_MS)).toEqual(
      [],
    );
  });
});

describe('the file and the agents', () => {
  it('differ by hosts without an agent and agents without a host', () => {
    expect(diffInventory(inventory, ['b-1', 'z-1', 'constructor'])).toEqual({
      hostsWithoutAgent: ['a-1'],
      agentsWithoutHost: ['constructor', 'z-1'],
    });
  });
});

describe('the oldest CVE', () => {
  const advisory = (cves: string[] | 'unknown') => ({ package: 'p', id: null, cves, source: 's' });

  it('is the one that was numbered first, and unknown when no advisory could be had', () => {
    expect(oldestCve([])).toBeNull();
    expect(oldestCve([advisory([])])).toBeNull();
    expect(oldestCve([advisory('unknown'), advisory('unknown')])).toBe('unknown');
    expect(oldestCve([advisory('unknown'), advisory(['CVE-2026-10000', 'CVE-2026-9999'])])).toBe(
      'CVE-2026-9999',
    );
  });

  it('is never newer than any other', () => {
    const cve = fc
      .tuple(fc.integer({ min: 1999, max: 2030 }), fc.integer({ min: 1_000, max: 9_999_999 }))
      .map(([year, number]) => `CVE-${year}-${number}`);
    const weight = (text: string) => {
      const [, year = 0, number = 0] = text.split('-').map(Number);
      return year * 10_000_000 + number;
    };
    fc.assert(
      fc.property(fc.array(fc.array(cve), { minLength: 1 }), (lists) => {
        const oldest = oldestCve(lists.map(advisory));
        const all = lists.flat();
        expect(oldest).toBe(
          all.length === 0 ? null : all.reduce((a, b) => (weight(b) < weight(a) ? b : a)),
        );
      }),
    );
  });
});
