import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HostRecord } from '../../src/domain/announcement.ts';
import type { SuspectVersion } from '../../src/domain/known-bad.ts';
import { Outcome } from '../../src/domain/outcome.ts';
import { FindingKind, ReviewInput, type Finding } from '../../src/domain/review.ts';
import { parseConfig } from '../../src/planning/config.ts';
import { remember } from '../../src/planning/host-record.ts';
import { reviewInput } from '../../src/planning/review-input.ts';
import {
  countKinds,
  reviewFleet,
  type FleetFacts,
  type HostFacts,
  type ReviewedCycle,
} from '../../src/planning/review.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

function daysAgo(days: number): string {
  return new Date(NOW_MS - days * 86_400_000).toISOString();
}

function inputOf(text: string): ReviewInput {
  const parsed = parseConfig(text, 'patchcycle.yaml', NOW_MS);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return ReviewInput.parse(reviewInput(parsed.config, 'ada'));
}

function fileOf(review: string, host = '', policy = ''): ReviewInput {
  return inputOf(
    `policies:\n  p: { review: { owner: ada, ${review} } ${policy} }\nhosts:\n  web-1: { policy: p ${host} }\n`,
  );
}

function recordOf(fields: Partial<HostRecord> = {}, said: object = {}): HostRecord {
  return {
    firstSeenAt: daysAgo(300),
    lastSeenAt: daysAgo(0.01),
    announcement: {
      host: 'web-1',
      agentVersion: '0.1.0',
      os: 'Debian 12',
      kernel: '6.1',
      manager: 'apt',
      unattended: true,
      signedApprovals: false,
      ...said,
    },
    ...fields,
  };
}

function cycleOf(fields: Partial<ReviewedCycle> = {}): ReviewedCycle {
  return {
    cycle: '20261120t000000z-1a2b3c4d',
    endedAt: daysAgo(4),
    outcome: 'patched',
    held: [],
    approvedBy: null,
    ...fields,
  };
}

const WELL: HostFacts = { record: recordOf({}, { backups: 1 }), cycles: [cycleOf()] };
const ACKNOWLEDGED = [{ policy: 'p', by: 'ada', why: 'looked at', at: daysAgo(10) }];

function review(
  input: ReviewInput,
  host: Partial<HostFacts> = {},
  fleet: Partial<FleetFacts> = {},
): Finding[] {
  const hosts = new Map([['web-1', { ...WELL, ...host }]]);
  return reviewFleet(
    input,
    { hosts, acknowledged: ACKNOWLEDGED, bad: [], lost: [], ...fleet },
    NOW_MS,
  );
}

const kinds = (findings: readonly Finding[]) => findings.map(({ kind }) => kind);

describe('a review of the fleet', () => {
  const plain = fileOf('');

  it('finds nothing where everything is as it should be', () => {
    expect(review(plain)).toEqual([]);
  });

  it.each([
    ['critical', 4, true],
    ['critical', 2, false],
    ['high', 8, true],
    ['medium', 8, false],
    ['unknown', 15, true],
  ])(
    'security updates (%s) that have been pending for %i days: a finding is %s',
    (severity, days, found) => {
      const record = recordOf({ pendingSince: { [severity]: daysAgo(days) } }, { backups: 1 });
      expect(kinds(review(plain, { record }))).toEqual(found ? ['security-updates-old'] : []);
    },
  );

  it('counts by the limit of the policy', () => {
    const record = recordOf({ pendingSince: { critical: daysAgo(4) } }, { backups: 1 });
    const patient = fileOf('securityUpdates: { critical: 10d }');
    expect(review(patient, { record })).toEqual([]);
  });

  it('finds hosts that were not patched lately, or never, and says how the last cycle ended', () => {
    const failed = cycleOf({ outcome: 'restored', endedAt: daysAgo(1) });
    expect(review(plain, { cycles: [failed, cycleOf({ endedAt: daysAgo(40) })] })).toEqual([
      {
        kind: 'not-patched',
        about: 'web-1',
        text: 'it was last patched or found up to date 40d ago, and 35d are allowed; its last cycle ended as restored',
      },
    ]);
    expect(review(plain, { cycles: [failed, failed] })[0]?.text).toBe(
      'none of its last 2 cycles patched it or found it up to date; its last cycle ended as restored',
    );
    expect(review(plain, { cycles: [] })[0]?.text).toBe(
      'it was never patched, as far as its reports tell',
    );
    expect(review(plain, { cycles: [cycleOf({ outcome: 'up-to-date' })] })).toEqual([]);
  });

  it('finds a name by which two machines announced themselves within a day', () => {
    const heard = (days: number) => recordOf({ twinHeardAt: daysAgo(days) }, { backups: 1 });
    expect(review(plain, { record: heard(0.5) })).toMatchObject([
      { kind: 'name-shared', text: expect.stringMatching(/^two machines announce themselves/) },
    ]);
    expect(review(plain, { record: heard(1.5) })).toEqual([]);
  });

  it('finds reboots that have been pending for too long, and hosts that are not heard of', () => {
    const waits = recordOf({ rebootPendingSince: daysAgo(8) }, { backups: 1 });
    expect(kinds(review(plain, { record: waits }))).toEqual(['reboot-pending']);
    const silent = recordOf({ lastSeenAt: daysAgo(2) }, { backups: 1 });
    expect(kinds(review(plain, { record: silent }))).toEqual(['not-heard-of']);
    expect(kinds(review(plain, { record: null }))).toEqual(['not-heard-of']);
  });

  it('finds backups that are missing or too many', () => {
    const has = (backups: number) => ({ record: recordOf({}, { backups }) });
    expect(kinds(review(plain, has(0)))).toEqual(['backup-missing']);
    expect(review(plain, { ...has(0), cycles: [cycleOf({ outcome: 'up-to-date' })] })).toEqual([]);
    expect(review(plain, has(4))).toEqual([]);
    expect(kinds(review(plain, has(5)))).toEqual(['backups-too-many']);
    const more = fileOf('', ', overrides: { backup: { keep: 5 } }');
    expect(review(more, has(5))).toEqual([]);
  });

  it.each([
    [', labels: { tier: critical }', ['critical-unattended']],
    [', labels: { critical: yes }', ['critical-unattended']],
    [', labels: { critical: no }', []],
    [', labels: { env: prod }', []],
    [', labels: { tier: critical }, overrides: { approval: { required: true } }', []],
  ])('of an unattended host with %s finds %j', (host, found) => {
    const quoted = host.replace('yes', "'yes'").replace(': no ', ": 'no' ");
    expect(kinds(review(fileOf('', quoted, ', approval: { required: false }')))).toEqual(found);
  });

  it('finds approvals by people who may not approve', () => {
    const only = fileOf('approvers: [bob]');
    const by = (approvedBy: string | null) => ({ cycles: [cycleOf({ approvedBy })] });
    expect(kinds(review(only, by('eve')))).toEqual(['approver-not-allowed']);
    expect(review(only, by('bob'))).toEqual([]);
    expect(review(only, by(null))).toEqual([]);
    expect(review(plain, by('eve'))).toEqual([]);
  });

  it('finds holds and ignored lines that nobody answers for, and exceptions past their day', () => {
    const held = { cycles: [cycleOf({ held: ['nginx'] })] };
    expect(kinds(review(plain, held))).toEqual(['hold-unanswered']);
    const answered = (until: string) =>
      fileOf(`exceptions: [{ hold: nginx, owner: bob, until: ${until}, why: waits for the shop }]`);
    expect(review(answered('2026-11-24'), held)).toEqual([]);
    expect(kinds(review(answered('2026-11-23'), held))).toEqual([
      'hold-unanswered',
      'exception-expired',
    ]);
    const ignores = ", logs: { ignore: ['^noise'] }";
    expect(kinds(review(fileOf('', '', ignores)))).toEqual(['ignore-unanswered']);
    const known = "exceptions: [{ ignore: '^noise', owner: bob, until: 2027-01-01, why: a bug }]";
    expect(review(fileOf(known, '', ignores))).toEqual([]);
    const own = fileOf('', ", overrides: { logs: { ignore: ['^own'] } }");
    expect(review(own).map(({ text }) => text)).toEqual([expect.stringContaining('^own')]);
  });

  it('finds policies that nobody has looked at lately, and those without an owner', () => {
    const words = (days: number) => ({
      acknowledged: [{ policy: 'p', by: 'bob', why: 'x', at: daysAgo(days) }],
    });
    expect(kinds(review(plain, {}, { acknowledged: [] }))).toEqual(['policy-not-reviewed']);
    expect(kinds(review(plain, {}, words(181)))).toEqual(['policy-not-reviewed']);
    expect(review(fileOf('every: 365d'), {}, words(181))).toEqual([]);
    const unowned = inputOf('policies: { p: {} }\n');
    expect(kinds(review(unowned))).toEqual(['policy-without-owner']);
  });

  it('finds versions that have been left out for long, until a person clears them', () => {
    const bad: SuspectVersion = {
      ...{ package: 'nginx', version: '1.2', certain: true },
      seenBy: [{ host: 'web-1', cycle: '20261001t000000z-1a2b3c4d', at: daysAgo(31) }],
    };
    expect(kinds(review(plain, {}, { bad: [bad] }))).toEqual(['exclusion-old']);
    const cleared = { by: 'ada', why: 'mended', at: daysAgo(1) };
    expect(review(plain, {}, { bad: [{ ...bad, cleared }] })).toEqual([]);
  });

  it('tells the gravest kinds first and counts each, whatever is known', () => {
    const outcome = fc.constantFrom(...Outcome.options);
    const days = fc.integer({ min: 0, max: 400 });
    const facts = fc.record({
      record: fc.option(
        fc
          .record({ since: days, seen: days, backups: fc.nat(10) })
          .map(({ since, seen, backups }) =>
            recordOf(
              {
                lastSeenAt: daysAgo(seen),
                pendingSince: { high: daysAgo(since) },
                rebootPendingSince: daysAgo(since),
              },
              { backups },
            ),
          ),
      ),
      cycles: fc.array(
        fc
          .record({
            ended: days,
            outcome,
            approvedBy: fc.option(fc.string()),
            held: fc.array(fc.string()),
          })
          .map(({ ended, ...rest }) => cycleOf({ ...rest, endedAt: daysAgo(ended) })),
        { maxLength: 5 },
      ),
    });
    fc.assert(
      fc.property(facts, (host) => {
        const findings = review(fileOf('approvers: [bob]'), host);
        const order = kinds(findings).map((kind) => FindingKind.options.indexOf(kind));
        expect(order).toEqual(order.toSorted((one, other) => one - other));
        const counts = Object.values(countKinds(findings));
        expect(counts.reduce((sum, amount) => sum + amount, 0)).toBe(findings.length);
      }),
    );
  });
});

describe('what is remembered of a host', () => {
  const said = (security: number | null, severities?: object, reboot = 'no') => ({
    ...recordOf().announcement,
    updates: {
      observedAt: daysAgo(0),
      pending:
        security === null
          ? null
          : { packages: security, security, oldestCve: null, ...(severities && { severities }) },
      rebootPending: { answer: reboot as 'yes', reason: 'model' },
    },
  });

  it('is since when security updates have been pending without a break, by severity', () => {
    let record = remember(null, said(2, { high: 1, unknown: 1 }), daysAgo(9));
    record = remember(record, said(1, { high: 1 }), daysAgo(8));
    record = remember(record, said(2, { high: 1, unknown: 1 }), daysAgo(7));
    expect(record.pendingSince).toEqual({ high: daysAgo(9), unknown: daysAgo(7) });
    expect(remember(record, said(0, {}), daysAgo(6)).pendingSince).toEqual({});
  });

  it('is not forgotten while the package tools cannot be asked', () => {
    const record = remember(null, said(3), daysAgo(9));
    expect(record.pendingSince).toEqual({ unknown: daysAgo(9) });
    expect(remember(record, said(null), daysAgo(8)).pendingSince).toEqual({ unknown: daysAgo(9) });
    const { updates: _, ...busy } = said(0);
    expect(remember(record, busy, daysAgo(8)).pendingSince).toEqual({ unknown: daysAgo(9) });
  });

  it('is since when a reboot has been pending', () => {
    let record = remember(null, said(0, {}, 'yes'), daysAgo(9));
    record = remember(record, said(0, {}, 'unknown'), daysAgo(8));
    record = remember(record, said(0, {}, 'yes'), daysAgo(7));
    expect(record.rebootPendingSince).toBe(daysAgo(9));
    expect(remember(record, said(0, {}, 'no'), daysAgo(6)).rebootPendingSince).toBeUndefined();
  });

  it('is that two machines go by its name once a boot speaks again after another one', () => {
    const from = (...boots: string[]) =>
      boots.reduce<HostRecord | null>(
        (record, boot, index) =>
          remember(record, { ...said(0), boot }, daysAgo(boots.length - index)),
        null,
      );
    expect(from('a', 'a', 'b', 'b', 'c')?.twinHeardAt).toBeUndefined();
    expect(from('a', 'b', 'a')?.twinHeardAt).toBe(daysAgo(1));
    expect(from('a', 'b', 'a', 'a', 'a')?.twinHeardAt).toBe(daysAgo(3));
    expect(from('a', 'b', 'a', 'b', 'c', 'b')?.twinHeardAt).toBe(daysAgo(1));
    const earlier = remember(from('a', 'b', 'a'), said(0), daysAgo(0));
    expect(earlier).toMatchObject({ boots: ['b', 'a'], twinHeardAt: daysAgo(1) });
  });

  it('grows with no number of reboots', () => {
    const boots = Array.from({ length: 100 }, (_, index) => `boot-${index}`);
    const record = boots.reduce<HostRecord | null>(
      (before, boot) => remember(before, { ...said(0), boot }, daysAgo(1)),
      null,
    );
    expect(record?.boots).toEqual(boots.slice(-8));
    expect(record?.twinHeardAt).toBeUndefined();
  });
});
