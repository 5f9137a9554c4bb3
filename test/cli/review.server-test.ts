import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Audit, ReviewSummary } from '../../src/client/index.ts';
import {
  ACKNOWLEDGED_WORKFLOW_ID,
  MESSAGES,
  patchWorkflowId,
  REVIEW_WORKFLOW_ID,
} from '../../src/temporal/names.ts';
import { storeReport } from '../../activities/control/store-report.ts';
import { cycleIdOf } from '../../src/domain/cycle-id.ts';
import { folderStore } from '../../src/store/folder.ts';
import { PATCHED } from '../report/samples.ts';
import { openCycleBench, withCycleOf, type CycleBench } from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { modelHost } from '../workflows/support/model-host.ts';
import { documentOf, run, type Ran } from './support/memory-io.ts';

const FILE = `policies:
  ordinary:
    scope: all
    approval: { required: false }
    logs: { soak: 1s }
    limits: { agentAnswers: 5s }
    review: { owner: ada, every: 30d }
  asked: { scope: all, review: { owner: ada } }
hosts:
  web-1: { policy: ordinary }
  web-2: { policy: asked, labels: { tier: critical } }
`;

let bench: CycleBench;
let directory: string;
let reports: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-review-'));
  reports = join(directory, 'reports');
  bench = await openCycleBench(await devServerEnvironment(), { reports: folderStore(reports) });
  await writeFile(join(directory, 'patchcycle.yaml'), FILE);
});
afterAll(async () => {
  await bench.stop();
  await rm(directory, { recursive: true });
});

function cli(...argv: string[]): Promise<Ran> {
  return run([...argv, '--address', bench.env.address], { workingDirectory: directory });
}

function auditArgv(...argv: string[]): string[] {
  const since = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  return ['audit', '--since', since, '--reports', reports, ...argv];
}

/** Temporal's lists are a second late. */
async function untilAudit(isThere: (audit: Audit) => boolean): Promise<Audit> {
  for (let tries = 0; tries < 100; tries++) {
    const audit = documentOf(await cli(...auditArgv('--json'))) as Audit;
    if (isThere(audit)) return audit;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The audit never showed it');
}

async function review(): Promise<ReviewSummary> {
  return documentOf(await cli('policy', 'review', '--by', 'ada', '--json')) as ReviewSummary;
}

describe('patchcycle audit', () => {
  it('tells of a cycle that was patched, of one that runs, and of one that was ended from outside', async () => {
    await withCycleOf(bench, 'web-1', modelHost(), async () => {
      expect((await cli('patch', 'web-1', '--by', 'ada')).exitCode).toBe(0);
    });
    await withCycleOf(bench, 'web-2', modelHost(), async () => {
      expect((await cli('patch', 'web-2', '--by', 'bob', '--detach')).exitCode).toBe(0);
      const running = await untilAudit(({ entries }) =>
        entries.some(({ host, explanation }) => host === 'web-2' && /approval/.test(explanation)),
      );
      expect(running.entries.map(({ host, outcome, source }) => [host, outcome, source])).toEqual([
        ['web-1', 'patched', 'store'],
        ['web-2', 'running', 'temporal'],
      ]);
      expect(running.notes).toEqual([]);
      await bench.env.client.workflow.getHandle(patchWorkflowId('web-2')).terminate('by the test');
    });
    const { entries, notes } = await untilAudit((audit) =>
      audit.entries.some(({ outcome }) => outcome === 'terminated'),
    );
    expect(entries[0]).toMatchObject({
      requestedBy: 'ada',
      installed: true,
      changes: [{ package: 'alpha', from: '1.0', to: '2.0', security: true }, { package: 'beta' }],
      cves: ['CVE-2026-0001'],
      approvedBy: 'automatically, by policy ordinary',
      issues: [],
    });
    expect(entries[1]).toMatchObject({ host: 'web-2', outcome: 'terminated', policy: 'asked' });
    expect(notes).toEqual([expect.stringMatching(/^1 ended cycles are not in the store/)]);
    expect((await cli(...auditArgv())).stdout).toMatch(/^\S+ \S+ +web-1 +patched +2 +1/m);
  });

  it('writes it as CSV, JSON or HTML, for its owner alone', async () => {
    for (const [name, expected] of [
      ['audit.csv', /^"host","began \(UTC\)"/],
      ['audit.json', /^\{\n {2}"since"/],
      ['audit.html', /^<!doctype html>/],
    ] as const) {
      expect((await cli(...auditArgv('--output', name))).exitCode).toBe(0);
      expect(await readFile(join(directory, name), 'utf8')).toMatch(expected);
    }
    const { stdout } = await cli(...auditArgv('--format', 'csv', '--host', 'web-2'));
    expect(stdout.split('\r\n')).toHaveLength(2);
  });

  it('without a store has what Temporal still knows, and says so', async () => {
    const absent = join(directory, 'absent');
    const { stdout } = await cli(...auditArgv('--json', '--reports', absent));
    const { entries, notes } = JSON.parse(stdout) as Audit;
    expect(entries.map(({ source }) => source)).toEqual(['temporal', 'temporal']);
    expect(entries[0]).toMatchObject({ outcome: 'patched', cves: ['CVE-2026-0001'] });
    expect(notes[0]).toMatch(/There is no store of reports in .*absent/);
  });
});

describe('patchcycle report of a cycle that Temporal has forgotten', () => {
  const report = (...argv: string[]) => cli('report', ...argv, '--reports', reports);

  it('shows the latest one of the store, or that of a run', async () => {
    const store = folderStore(reports);
    const [earlier, later] = ['20251123t000000z-1a2b3c4d', '20251124t000000z-2b3c4d5e'];
    for (const cycle of [earlier, later]) {
      await storeReport({ ...PATCHED, host: 'old-1', cycle }, store);
    }
    expect(documentOf(await report('old-1', '--json'))).toMatchObject({ cycle: later });
    const run = ['--run', '01940000-0000-7000-8000-00001a2b3c4d'];
    expect(documentOf(await report('old-1', ...run, '--json'))).toMatchObject({ cycle: earlier });
  });

  it('says where it looked when nobody knows one, and what of a stored one cannot be read', async () => {
    const unknown = await report('never-1');
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain(`The store of reports, ${reports}, has none of it either.`);
    expect(unknown.stderr).toMatch(/Next: Name the store .* --reports/);
    await writeFile(join(reports, 'old-2-20251123t000000z-1a2b3c4d.json'), '{"host":');
    const broken = await report('old-2');
    expect(broken.exitCode).toBe(1);
    expect(broken.stderr).toMatch(/old-2-20251123t000000z-1a2b3c4d.json is no JSON/);
    await rm(join(reports, 'old-2-20251123t000000z-1a2b3c4d.json'));
  });
});

describe('patchcycle policy review', () => {
  it('stores reports that only Temporal has, and keeps what it finds beside them', async () => {
    for (const name of await readdir(reports)) await rm(join(reports, name));
    const made = await review();
    expect(made.reportsStored).toBe(1);
    expect(made.counts).toEqual({
      'not-patched': 1,
      'not-heard-of': 2,
      'policy-not-reviewed': 2,
      'report-lost': 1,
    });
    expect(made.findings).toContainEqual({
      kind: 'report-lost',
      about: 'web-2',
      text: expect.stringMatching(/ended without a report \(terminated\)/),
    });
    expect(await readFile(made.location, 'utf8')).toContain('The fleet has 6 findings');
    expect((await untilAudit(() => true)).entries[0]).toMatchObject({ source: 'store' });
    expect((await review()).reportsStored).toBe(0);
    const { stdout } = await cli('policy', 'review', '--by', 'ada');
    expect(stdout).toMatch(/6 findings about 2 hosts/);
    expect(stdout).toMatch(/web-2: it was never patched/);
  });

  it('tells people, and is found by its outcome', async () => {
    expect(bench.notices.at(-1)).toMatchObject({
      kind: 'review-findings',
      about: 'fleet',
      subject: 'the review of the fleet has 6 findings',
    });
    const { typedSearchAttributes } = await bench.env.client.workflow
      .getHandle(REVIEW_WORKFLOW_ID)
      .describe();
    expect(typedSearchAttributes.getAll()).toContainEqual(
      expect.objectContaining({ value: 'findings' }),
    );
  });

  it('finds no fault with a policy that somebody has just acknowledged', async () => {
    const words = ['--why', 'looked at', '--by', 'bob'];
    expect((await cli('policy', 'acknowledge', 'ordinary', ...words)).exitCode).toBe(0);
    expect((await cli('policy', 'acknowledge', 'ordinary', ...words)).exitCode).toBe(0);
    expect((await review()).counts).toMatchObject({ 'policy-not-reviewed': 1 });
    const unknown = await cli('policy', 'acknowledge', 'ordnary', ...words);
    expect(unknown).toMatchObject({ exitCode: 1 });
    expect(unknown.stderr).toMatch(/no policy ordnary in the file.*ordinary/);
  });

  it('does not say of a host that fails night after night that it was never patched', async () => {
    const nights = Array.from({ length: 10 }, (_, index) => 10 + index);
    for (const day of [9, ...nights]) {
      await storeReport(
        {
          ...PATCHED,
          host: 'web-1',
          cycle: `202611${String(day).padStart(2, '0')}t020000z-0000000${day % 10}`,
          endedAt: new Date(Date.now() - (20 - day) * 86_400_000).toISOString(),
          outcome: day === 9 ? 'patched' : 'restored',
        },
        folderStore(reports),
      );
    }
    const others = await readdir(reports);
    for (const name of others) {
      if (/^web-1-(?!202611(?:09|1\d)t)/.test(name)) await rm(join(reports, name));
    }
    const { findings } = await review();
    expect(findings.filter(({ about }) => about === 'web-1').map(({ kind }) => kind)).toEqual([
      'not-heard-of',
    ]);
  });

  it('finds who approved what may not approve, also when a cycle after it was good', async () => {
    await writeFile(
      join(directory, 'approvers.yaml'),
      FILE.replace('{ owner: ada }', '{ owner: ada, approvers: [ada] }'),
    );
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    for (const [days, by] of [
      [50, 'mallory'],
      [3, 'eve'],
      [2, 'ada'],
      [1, null],
    ] as const) {
      const run = `00000000-0000-0000-0000-0000000000${days}`.padEnd(36, '0');
      const decision = { kind: 'approve' as const, by: by ?? '', digest: 'd'.repeat(64) };
      const report = {
        ...PATCHED,
        host: 'web-2',
        cycle: cycleIdOf(daysAgo(days), run),
        endedAt: daysAgo(days).toISOString(),
        approvedBy: by,
        decisions: by === null ? [] : [{ at: daysAgo(days).toISOString(), decision }],
      };
      await storeReport(report, folderStore(reports));
    }
    const ran = await cli('policy', 'review', '--json', '--inventory', 'approvers.yaml');
    const { findings } = documentOf(ran) as ReviewSummary;
    const strangers = findings.filter(({ kind }) => kind === 'approver-not-allowed');
    expect(strangers).toEqual([
      expect.objectContaining({ about: 'web-2', text: expect.stringMatching(/approved by eve/) }),
    ]);
  });

  it('takes no word that is none', async () => {
    const handle = bench.env.client.workflow.getHandle(ACKNOWLEDGED_WORKFLOW_ID);
    const before = await handle.query(MESSAGES.acknowledged);
    for (const rubbish of [undefined, 'x'.repeat(100_000), { policy: 'p', by: 'eve', why: '' }]) {
      await expect(
        handle.executeUpdate(MESSAGES.acknowledge, { args: [rubbish] }),
      ).rejects.toMatchObject({ cause: { message: expect.stringContaining('Refused') } });
    }
    expect(await handle.query(MESSAGES.acknowledged)).toEqual(before);
  });

  it('does not start on what is no input of a review', async () => {
    const handle = await bench.env.client.workflow.start('policyReview', {
      taskQueue: 'patchcycle',
      workflowId: 'policy-review-of-rubbish',
      args: [{ hosts: 'all' }],
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'BadInput' } });
  });
});

describe('cycles of one host that began within a minute', () => {
  it('are told from each other, and the report of each is stored', async () => {
    const store = join(directory, 'minute');
    const tell = async (...argv: string[]) =>
      documentOf(
        await cli('audit', '--since', '2026-01-01', '--json', '--reports', store, ...argv),
      );
    await withCycleOf(bench, 'web-1', modelHost(), async () => {
      for (let count = 0; count < 2; count++) {
        expect((await cli('patch', 'web-1', '--by', 'ada')).exitCode).toBe(0);
      }
    });
    const { entries } = await untilAudit(
      (audit) => audit.entries.filter(({ host }) => host === 'web-1').length >= 3,
    );
    const [, second, third] = entries.filter(({ host }) => host === 'web-1');
    expect(second?.cycle).not.toBe(third?.cycle);
    // Of one of them the store has the report, and of the other it has not.
    await mkdir(store);
    const name = `web-1-${second?.cycle}.json`;
    await copyFile(join(reports, name), join(store, name));
    const audit = (await tell('--host', 'web-1')) as Audit;
    expect(audit.entries.map(({ source }) => source)).toEqual(['temporal', 'store', 'temporal']);
  });
});
