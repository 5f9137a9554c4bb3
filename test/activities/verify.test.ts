import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { baseline } from '../../activities/baseline.ts';
import type { StepContext } from '../../activities/context.ts';
import { verify } from '../../activities/verify.ts';
import { resultOf } from '../../src/domain/check-result.ts';
import { StepFailure } from '../../src/domain/failure.ts';
import type { Plan, RebootRequired } from '../../src/domain/plan.ts';
import type { PlannedStepInput, Verification } from '../../src/domain/steps.ts';
import { writeSoak, type SoakEntry } from '../../src/health/logs/soak-entry.ts';
import { planDigest } from '../../src/packages/digest.ts';
import { modelHost, stepInput, type ModelHost } from './support/health-context.ts';

const PLAN: Plan = {
  format: 1,
  host: 'web-1',
  manager: 'apt',
  scope: 'all',
  changes: [
    {
      name: 'nginx',
      architecture: 'amd64',
      oldVersion: '1.22.1-9',
      newVersion: '1.22.1-9+deb12u1',
      archive: 'nginx_1.22.1-9+deb12u1_amd64.deb',
      sha256: 'a'.repeat(64),
      sizeBytes: 1,
      origin: 'Debian-Security:12/stable-security',
      security: true,
    },
  ],
  removals: [{ name: 'telnet', architecture: 'amd64', oldVersion: '1' }],
};

function soakOf(linesRead: number, unread: string[]): SoakEntry {
  const position = { journalCursor: null, files: [] };
  return {
    asking: '7',
    startedAt: '2026-11-24T18:43:00.000Z',
    boot: { bootId: '0b8c1f0e-8d1c-4c3a-9a57-3f2a4a1f5d10', initStartTicks: '1' },
    position,
    duringChange: { kinds: [], linesRead, unread: [] },
    end: {
      position,
      report: { soakMs: 1, linesRead, newKinds: [], knownKinds: [], passingKinds: [] },
      findings: [],
      unread,
    },
  };
}

let host: ModelHost;
let context: StepContext;
let installed: Map<string, string>;
let audit: string[];
let reboot: RebootRequired;

beforeEach(async () => {
  host = await modelHost();
  installed = new Map([['nginx:amd64', '1.22.1-9+deb12u1']]);
  audit = [];
  reboot = { answer: 'no', reason: 'the newest kernel runs' };
  host.packages = {
    installedVersions: () => Promise.resolve(installed),
    audit: () => Promise.resolve(audit),
    rebootRequired: () => Promise.resolve(reboot),
  };
  context = await host.context();
  await context.journal.write('plan', PLAN);
  await baseline(context, input(), []);
});

afterEach(() => host.remove());

function input(policy: Record<string, unknown> = {}): PlannedStepInput {
  return { ...stepInput(policy), digest: planDigest(PLAN) };
}

function run(policy: Record<string, unknown> = {}): Promise<Verification> {
  return verify(context, input(policy), { pausesMs: [] });
}

async function findings(policy: Record<string, unknown> = {}): Promise<string[]> {
  const failure: unknown = await run(policy).catch((error: unknown) => error);
  if (!(failure instanceof StepFailure))
    throw new Error('The verification did not fail', { cause: failure });
  expect(failure.type).toBe('HealthWorse');
  return failure.details.findings ?? [];
}

describe('the step verify', () => {
  it('tells what it compared when all is as planned and as before', async () => {
    expect(await run()).toEqual({
      checks: [
        { name: 'packages', ok: true, detail: 'all 1 have the planned version, 1 are removed' },
        { name: 'package database', ok: true, detail: 'the audit is clean' },
        { name: 'reboot pending', ok: true, detail: 'no: the newest kernel runs' },
        { name: 'services', ok: true, detail: 'all 2 services that ran before run now' },
        { name: 'units', ok: true, detail: 'none has failed' },
      ],
    });
  });

  it('fails with every finding at once', async () => {
    installed = new Map([
      ['nginx:amd64', '1.22.1-9'],
      ['telnet:amd64', '1'],
    ]);
    audit = ['libssl3 is half-configured'];
    reboot = { answer: 'yes', reason: 'a newer kernel is installed' };
    host.services = ['ssh'];
    host.failedUnits = ['nginx.service', 'backup.timer'];
    expect(await findings()).toEqual([
      'package nginx:amd64: is 1.22.1-9, planned 1.22.1-9+deb12u1',
      'package telnet:amd64: is still installed, and was to be removed',
      'package database: libssl3 is half-configured',
      'reboot pending: still pending after the change: a newer kernel is installed',
      'service nginx: ran before the change and does not run now; it has failed',
      'unit backup.timer: has failed, and had not before the change',
    ]);
  });

  it('takes a package that is not fully installed for one that is not as planned', async () => {
    installed = new Map();
    expect(await findings()).toEqual([
      'package nginx:amd64: is not fully installed, planned 1.22.1-9+deb12u1',
    ]);
  });

  it('lets a reboot be pending where the policy never reboots, and says so', async () => {
    reboot = { answer: 'yes', reason: 'a newer kernel is installed' };
    const { checks } = await run({ reboot: 'never' });
    expect(checks).toContainEqual({
      name: 'reboot pending',
      ok: true,
      detail: 'yes, and policy ordinary never reboots: a newer kernel is installed',
    });
  });

  it('does not say "no" where nobody knows whether a reboot is pending', async () => {
    reboot = { answer: 'unknown', reason: "the kernel is the host machine's" };
    const { checks } = await run();
    expect(checks).toContainEqual({
      name: 'reboot pending',
      ok: true,
      detail: "unknown: the kernel is the host machine's",
    });
  });

  it('tells what the logs could not say, and does not take it for good', async () => {
    expect((await run()).checks.map(({ name }) => name)).not.toContain('logs');
    await writeSoak(context.journal, soakOf(0, ['the last lines were not read']));
    const unknown = (await run()).checks.filter(({ name }) => name === 'logs');
    expect(unknown).toEqual([
      {
        name: 'logs',
        ok: true,
        detail:
          'unknown: not one line was read from the journal, /var/log/syslog or /var/log/messages, so nothing is known of new errors',
      },
      { name: 'logs', ok: true, detail: 'unknown: the last lines were not read' },
    ]);
    expect(unknown.map(resultOf)).toEqual(['unknown', 'unknown']);
    await writeSoak(context.journal, soakOf(12, []));
    expect((await run()).checks.map(({ name }) => name)).not.toContain('logs');
  });

  it('does not say that services run where none could be seen, before and after', async () => {
    host.services = [];
    await baseline(context, input(), []);
    const { checks } = await run();
    expect(checks.filter((check) => resultOf(check) === 'unknown')).toEqual([
      {
        name: 'services',
        ok: true,
        detail: 'unknown: systemd does not run this host, so services and units were not compared',
      },
    ]);
    expect(checks.map(({ name }) => name)).not.toContain('units');
  });

  it('gives services time to become well', async () => {
    host.services = ['ssh'];
    setTimeout(() => (host.services = ['nginx', 'ssh']), 20);
    expect((await verify(context, input(), { pausesMs: [200] })).checks.every(({ ok }) => ok)).toBe(
      true,
    );
  });

  it('does not wait for a service that has failed for good', async () => {
    host.services = ['ssh'];
    host.failedUnits = ['nginx.service'];
    // An hour's pause would outlast the test.
    await expect(verify(context, input(), { pausesMs: [3_600_000] })).rejects.toMatchObject({
      type: 'HealthWorse',
    });
  });

  it('refuses a plan that this host did not make', async () => {
    const other = { ...input(), digest: 'b'.repeat(64) };
    await expect(verify(context, other, { pausesMs: [] })).rejects.toMatchObject({
      type: 'PlanDrifted',
    });
  });
});
