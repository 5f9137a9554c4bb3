import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { baseline } from '../../activities/baseline.ts';
import type { StepContext } from '../../activities/context.ts';
import { verify } from '../../activities/verify.ts';
import { StepFailure } from '../../src/domain/failure.ts';
import type { Plan, RebootRequired } from '../../src/domain/plan.ts';
import type { PlannedStepInput, Verification } from '../../src/domain/steps.ts';
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
