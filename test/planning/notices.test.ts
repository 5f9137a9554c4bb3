import { describe, expect, it } from '@jest/globals';
import { Notice } from '../../src/domain/notice.ts';
import type { ChangeRow, PlanOverview } from '../../src/domain/plan.ts';
import { approvalNotice, attentionNotice } from '../../src/planning/notices.ts';

const row = (name: string, rest: Partial<ChangeRow> = {}): ChangeRow => ({
  ...{ name, architecture: 'amd64', oldVersion: '1.0', newVersion: '1.1', origin: 'o' },
  ...{ security: false, sizeBytes: 1, cves: [], advisory: null },
  ...rest,
});

function planOf(rows: ChangeRow[], rest: Partial<PlanOverview> = {}): PlanOverview {
  return {
    digest: 'd'.repeat(64),
    changes: 'c'.repeat(64),
    scope: 'all',
    madeAt: '2026-11-28T00:00:00.000Z',
    changeCount: rows.length,
    securityCount: rows.filter(({ security }) => security).length,
    removalCount: 0,
    downloadBytes: 1,
    rows,
    removals: [],
    held: [],
    rebootExpected: { answer: 'yes', reason: 'a new kernel' },
    ...rest,
  };
}

describe('a notice of a plan that waits for approval', () => {
  it('has the plan in ten lines at most, security first, and the exact command', () => {
    const rows = [
      ...Array.from({ length: 30 }, (_, index) => row(`lib${index}`)),
      row('openssl', { security: true, advisory: 'DSA-1-1', cves: ['CVE-2026-0001'] }),
    ];
    const notice = approvalNotice('web-1', null, planOf(rows), false);
    expect(notice.lines).toHaveLength(10);
    expect(notice.lines?.slice(0, 3)).toEqual([
      '31 packages, 1 of them security; digest dddddddddddd',
      'Reboot expected: yes (a new kernel)',
      'openssl 1.0 → 1.1 (security DSA-1-1 CVE-2026-0001)',
    ]);
    expect(notice.lines?.at(-1)).toBe('… and 24 more packages');
    expect(notice.command).toBe('patchcycle approve web-1 --digest dddddddddddddddd');
    expect(notice.together).toBeUndefined();
  });

  it('shows a small plan whole, with what it removes', () => {
    const removals = [{ name: 'exim4', architecture: 'amd64', oldVersion: '4' }];
    const plan = planOf([row('nginx', { oldVersion: null })], { removals, removalCount: 1 });
    expect(approvalNotice('web-1', null, plan, true)).toMatchObject({
      lines: expect.arrayContaining([
        '1 package, 0 of them security, removes 1; digest dddddddddddd',
        'Removes: exim4',
        'nginx new → 1.1',
      ]),
      command: 'patchcycle approve web-1 --digest dddddddddddddddd --key FILE',
    });
  });

  it('names the command for all hosts of a rollout that would get the same', () => {
    const one = approvalNotice('web-1', 'november', planOf([row('nginx')]), false);
    const other = approvalNotice('web-2', 'november', planOf([row('nginx')]), false);
    expect(one.together).toBe('patchcycle rollout approve november --changes cccccccccccccccc');
    expect(other.alike).toBe(one.alike);
    const different = planOf([row('nginx')], { changes: 'e'.repeat(64) });
    expect(approvalNotice('web-2', 'november', different, false).alike).not.toBe(one.alike);
  });
});

describe('a notice of a host that needs attention', () => {
  const failure = (message: string) => ({
    type: 'HealthWorse',
    message,
    details: { remedy: 'Look at nginx.', findings: ['nginx.service is down'] },
  });

  it('has what failed, what to do, and the command', () => {
    expect(attentionNotice('web-1', failure('web-1 is worse.'))).toMatchObject({
      subject: 'web-1 needs attention',
      lines: expect.arrayContaining(['web-1 is worse.', 'Look at nginx.', 'nginx.service is down']),
      command: 'patchcycle resolve web-1 --how retry',
    });
  });

  it('is like that of another host where only names and numbers differ', () => {
    const { alike } = attentionNotice('web-1', failure('web-1 is worse: 3 of 10 probes fail.'));
    expect(
      attentionNotice(
        'db-2.example.org',
        failure('db-2.example.org is worse: 4 of 12 probes fail.'),
      ).alike,
    ).toBe(alike);
    expect(attentionNotice('a', failure('nginx is down on a.')).alike).toBe(
      attentionNotice('b', failure('nginx is down on b.')).alike,
    );
    expect(attentionNotice('web-1', failure('The disk is full.')).alike).not.toBe(alike);
  });

  it('is told shortened where a host says too much, and steers no terminal', () => {
    const said = attentionNotice('web-1', failure(`\u001b[31m${'x'.repeat(5_000)}`));
    const { lines } = Notice.parse(said);
    expect(lines[0]).toHaveLength(500);
    expect(lines[0]).not.toContain('\u001b');
  });
});
