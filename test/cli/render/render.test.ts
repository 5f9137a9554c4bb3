import { describe, expect, it } from '@jest/globals';
import { cut, lookOf, plain, wrapped } from '../../../src/cli/paint.ts';
import { cycleLines } from '../../../src/cli/render/cycle.ts';
import { endingText } from '../../../src/cli/render/ending.ts';
import { hostsText } from '../../../src/cli/render/hosts.ts';
import { planText } from '../../../src/cli/render/plan.ts';
import { statusText } from '../../../src/cli/render/status.ts';
import { table } from '../../../src/cli/render/table.ts';
import { ago, bytes, count } from '../../../src/cli/render/words.ts';
import type { CycleView } from '../../../src/domain/cycle.ts';
import type { PlanOverview } from '../../../src/domain/plan.ts';
import { Report } from '../../../src/domain/report.ts';

const NOBODY = lookOf({ write: () => undefined }, {});
const TERMINAL = lookOf({ write: () => undefined, isTTY: true, columns: 60, rows: 24 }, {});
const DIGEST = 'ab'.repeat(32);
const NOW = Date.parse('2026-11-24T12:00:00Z');

const plan: PlanOverview = {
  digest: DIGEST,
  scope: 'all',
  madeAt: '2026-11-24T11:59:00Z',
  changeCount: 3,
  securityCount: 1,
  removalCount: 1,
  downloadBytes: 1_234_567,
  rows: [
    row(
      'openssl',
      ['CVE-2026-1', 'CVE-2026-2', 'CVE-2026-3', 'CVE-2026-4'].map((cve) => `${cve}000`),
    ),
    { ...row('libnew1', 'unknown'), oldVersion: null, security: false },
  ],
  removals: [{ name: 'libold1', architecture: 'amd64', oldVersion: '1' }],
  held: ['nginx'],
  rebootExpected: { answer: 'yes', reason: 'libc6 is in the plan' },
};

function row(name: string, cves: PlanOverview['rows'][number]['cves']) {
  return {
    ...{ name, architecture: 'amd64', oldVersion: '1.0', newVersion: '1.1' },
    ...{ origin: 'Debian-Security', security: true, sizeBytes: 10, cves, advisory: null },
  };
}

const view: CycleView = {
  host: 'db-1',
  cycle: '20261124t115800z-0123abcd',
  policy: 'critical',
  requestedBy: 'Ada',
  startedAt: '2026-11-24T11:58:00Z',
  state: {
    name: 'awaiting-approval',
    digest: DIGEST,
    expiresAt: '2026-11-27T12:00:00Z',
    why: 'the policy asks for it',
  },
  plan,
  steps: [
    step('inspect', 'done', 'Debian 12'),
    step('window', 'skipped', 'none'),
    { ...step('approval', 'running', ''), endedAt: null },
  ],
  decisions: [],
  refused: [],
  refusedCount: 0,
};

function step(name: string, status: 'done' | 'skipped' | 'running' | 'failed', summary: string) {
  const startedAt = '2026-11-24T11:59:00Z';
  return { step: name, startedAt, endedAt: '2026-11-24T11:59:02Z', status, summary };
}

describe('a plan as text', () => {
  const text = planText(plan, NOBODY);
  it('says what it does in numbers, with its whole digest', () => {
    expect(text).toMatch(/^3 packages, 1 of them security, 1 removed, 1\.2 MB to download$/m);
    expect(text).toContain(DIGEST);
  });
  it('names removals, what is held back, and why a reboot is expected', () => {
    expect(text).toMatch(/Removes libold1/);
    expect(text).toMatch(/Held back.*nginx/);
    expect(text).toMatch(/Reboot expected: yes \(libc6 is in the plan\)/);
  });
  it('shows versions and CVEs, never inventing any', () => {
    expect(text).toMatch(
      /^openssl +1\.0 +1\.1 +yes +CVE-2026-1000 CVE-2026-2000 CVE-2026-3000 and 1 more$/m,
    );
    expect(text).toMatch(/^libnew1 +new +1\.1 +unknown$/m);
  });
  it('says how many packages it does not show', () => {
    expect(text).toMatch(/and 1 more; --json/);
  });
  it('is one sentence when there is nothing to do', () => {
    const nothing = {
      ...plan,
      changeCount: 0,
      securityCount: 0,
      removalCount: 0,
      rows: [],
      removals: [],
    };
    expect(planText(nothing, NOBODY)).toBe('Nothing to do: no update is pending');
  });
  it('says which fixes are left out, also when there is nothing else to say', () => {
    const left = { leftOut: ['nginx 1.2 needs libnew, which is no security update.'] };
    const nothing = { ...plan, changeCount: 0, removalCount: 0, ...left };
    for (const made of [{ ...plan, ...left }, nothing]) {
      expect(planText(made, NOBODY)).toMatch(/^Left out: nginx 1\.2 needs libnew/m);
    }
  });
});

describe('a running cycle as lines', () => {
  it('shows each step with its mark, its time and what came of it', () => {
    const lines = cycleLines(view, 'http://ui.example/x', NOBODY, NOW);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}✓ inspect +2s {2}Debian 12$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}- window +none$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}… approval +1m$/));
    expect(lines).toContain('  http://ui.example/x');
  });
  it('says what it waits for and the commands that move it on', () => {
    const lines = cycleLines(view, null, NOBODY, NOW).join('\n');
    expect(lines).toMatch(/waits for a person until 2026-11-27T12:00:00Z: the policy asks for it/);
    expect(lines).toContain(`patchcycle approve db-1 --digest ${DIGEST.slice(0, 12)}`);
    expect(lines).not.toContain('--key');
  });
  it('names a key where the host takes only signed approvals', () => {
    const signing = { namespace: 'default', workflowId: 'patch/db-1', runId: '1' };
    const state = { name: 'awaiting-approval' as const, digest: DIGEST, signing, why: 'it asks' };
    const waits = { ...view, state: { ...state, expiresAt: '2026-11-27T12:00:00Z' } };
    expect(cycleLines(waits, null, NOBODY, NOW).join('\n')).toContain(
      `approve db-1 --digest ${DIGEST.slice(0, 12)} --key `,
    );
  });
  it('says why a person is needed, what to do, and the three ways out', () => {
    const state = {
      name: 'needs-attention' as const,
      digest: DIGEST,
      since: '2026-11-24T11:59:00Z',
      failure: {
        type: 'HealthWorse',
        message: 'nginx is down.',
        details: { remedy: 'Look at it.', findings: ['502'] },
      },
    };
    const lines = cycleLines({ ...view, state }, null, NOBODY, NOW).join('\n');
    expect(lines).toMatch(/needs a person.*nginx is down/);
    expect(lines).toMatch(/502/);
    expect(lines).toMatch(/what to do: Look at it/);
    for (const way of ['retry', 'restore', 'accept']) expect(lines).toContain(`--how ${way}`);
  });
  it('lets no host recolour the terminal or move its cursor', () => {
    const hostile = {
      ...view,
      steps: [step('inspect', 'done', 'a\u001B[2J\u001B[31mb\r\nc\u2028d')],
    };
    const lines = cycleLines(hostile, null, NOBODY, NOW);
    expect(lines.join('|')).toContain('a [2J [31mb c d');
    // eslint-disable-next-line no-control-regex
    expect(lines.join('')).not.toMatch(/[\u0000-\u001F\u2028]/);
  });
});

describe('a host as text', () => {
  const status = {
    ...{ host: 'db-1', namespace: 'default', workflowId: 'patch/db-1', runId: 'run', link: null },
    ...{ startedAt: view.startedAt, closedAt: null, running: true },
  };
  it('says so when nobody could answer for its cycle', () => {
    const text = statusText(
      { ...status, cycle: null, report: null, note: 'No central worker.' },
      NOBODY,
      NOW,
    );
    expect(text).toMatch(/db-1: running/);
    expect(text).toMatch(/! No central worker\./);
  });
  it('shows the plan in full only while somebody is asked about it', () => {
    const asked = statusText({ ...status, cycle: view, report: null, note: null }, NOBODY, NOW);
    const busy = { ...view, state: { name: 'patching' as const, digest: DIGEST } };
    const going = statusText({ ...status, cycle: busy, report: null, note: null }, NOBODY, NOW);
    expect(asked).toMatch(/^openssl/m);
    expect(going).not.toMatch(/^openssl/m);
  });
});

describe('an ending as text', () => {
  const report = Report.parse({
    ...{ format: 1, host: 'shop-1', cycle: view.cycle, policy: 'shop', scope: 'security' },
    workflow: { namespace: 'default', workflowId: 'patch/shop-1', runId: 'run' },
    ...{ requestedBy: 'Ada', startedAt: view.startedAt, endedAt: '2026-11-24T11:59:05Z' },
    ...{ outcome: 'restored', explanation: 'The shop did not start.', facts: null, plan },
    ...{ approvedBy: null, decisions: [], refused: [], refusedCount: 0, steps: [], leftAside: [] },
    ...{ reboots: [], logs: null, checks: [], backup: null, restore: null, commands: [] },
    failures: [
      { type: 'HealthWorse', message: 'The shop is down.', details: { remedy: 'Ask the vendor.' } },
    ],
    commandCount: 0,
  });
  it('says outcome, time, why, and what to do next', () => {
    const text = endingText(report, null, NOBODY);
    expect(text).toMatch(/✗ shop-1 restored after 1m 5s/);
    expect(text).toMatch(/shop (did not start|is down)/i);
    expect(text).toMatch(/Next: Ask the vendor/);
    expect(text).toMatch(/patchcycle report shop-1/);
  });
  it('asks nothing of anybody after a good end', () => {
    const text = endingText({ ...report, outcome: 'patched', failures: [] }, null, NOBODY);
    expect(text).toMatch(/✓ shop-1 patched/);
    expect(text).not.toMatch(/Next:/);
  });
});

describe('the fleet as text', () => {
  it('says how to begin when there is none', () => {
    expect(hostsText([], NOBODY, NOW)).toMatch(/patchcycle patch HOST/);
  });
});

describe('a table', () => {
  it('is as wide as its widest cell, colours not counted', () => {
    const text = table(['A', 'LONG'], [[TERMINAL.paint('red', 'wide cell'), 'x']], NOBODY);
    expect(text.split('\n')[0]).toBe('A          LONG');
  });
});

describe('words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [1_234_567, '1.2 MB'],
    [345_000_000, '345 MB'],
  ])('%d bytes are %s', (size, text) => expect(bytes(size)).toBe(text));

  it('a moment in the future of this clock is now', () => {
    expect(ago('2026-11-24T12:00:05Z', NOW)).toBe('now');
    expect(ago('2026-11-24T11:48:00Z', NOW)).toBe('12m ago');
  });

  it('one thing is not two things', () => {
    expect([count(0, 'host'), count(1, 'host'), count(2, 'host')]).toEqual([
      '0 hosts',
      '1 host',
      '2 hosts',
    ]);
  });

  it('what is cut shows that it was', () => {
    expect([cut('abcdef', 4), cut('abcd', 4), cut('abc', 0)]).toEqual(['abc…', 'abcd', '']);
  });

  it('text is broken between words, and a word that is too long stays whole', () => {
    const look = { ...NOBODY, width: 12 };
    expect(wrapped('one two three incomprehensible', look, '  ')).toBe(
      '  one two\n  three\n  incomprehensible',
    );
  });

  it('plain text is one line', () => expect(plain(' a\tb\n\u0007c ')).toBe('a b c'));
});
