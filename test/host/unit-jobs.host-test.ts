import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobResult } from '../../src/host/tools.ts';
import { startLabHost, type LabHost } from '../../src/lab/host.ts';
import { until } from './support/processes.ts';

const NODE = '/opt/patchcycle/bin/node';
const WAITER = '/opt/patchcycle/unit-job-waiter.cjs';
const UNIT = 'patchcycle-20261124t184300z-1a2b3c4d-install';
const HOUR_MS = 3_600_000;

let host: LabHost;
let built: string;
beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'patchcycle-test-'));
  await build({
    entryPoints: [
      join(import.meta.dirname, 'support/unit-job-waiter.ts'),
      join(import.meta.dirname, '../../src/host/job-supervisor.ts'),
    ],
    outdir: built,
    outbase: built,
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  await mkdir(join(built, 'bin'));
  await copyFile(process.execPath, join(built, 'bin', 'node'));
  host = await startLabHost({ name: 'jobs-1', agentDirectory: built });
});

afterAll(async () => {
  await host.destroy();
  await rm(built, { recursive: true, force: true });
});

/** Each test has a cycle's directory of its own; the unit's name is free because units are collected. */
let cycle: string;
let number = 0;
beforeEach(async () => {
  cycle = `/var/lib/patchcycle-test-${(number += 1)}`;
  await host.runOrThrow(['mkdir', '--mode=0700', '--', cycle]);
});

function waitingJob(exitCode = 0): string[] {
  const script = `echo run >> ${cycle}/runs; echo $$ > ${cycle}/pid; while [ ! -e ${cycle}/go ]; do sleep 0.05; done; echo done; exit ${exitCode}`;
  return ['sh', '-c', script];
}

async function runJob(argv: string[], deadlineMs = HOUR_MS): Promise<JobResult> {
  const waiter = [WAITER, 'job', cycle, 'install', String(deadlineMs), ...argv];
  return JSON.parse(await host.runOrThrow([NODE, ...waiter], { timeoutMs: 120_000 })) as JobResult;
}

const go = () => host.runOrThrow(['touch', '--', `${cycle}/go`]);
const runs = async () => (await host.readFile(`${cycle}/runs`)).trim().split('\n').length;

async function untilRunning(): Promise<string> {
  await until(
    'the job runs',
    async () => (await host.run(['test', '-s', `${cycle}/pid`])).exitCode === 0,
  );
  return (await host.readFile(`${cycle}/pid`)).trim();
}

async function property(unit: string, name: string): Promise<string> {
  return (
    await host.runOrThrow(['systemctl', 'show', '--value', `--property=${name}`, unit])
  ).trim();
}

describe('a job on a host with systemd', () => {
  it('runs in a unit of its own, which is gone after its end', async () => {
    const waiting = runJob(waitingJob(7));
    const pid = await untilRunning();
    expect(
      await host
        .readFile(`/proc/${pid}/cgroup`)
        .catch(() => host.runOrThrow(['cat', `/proc/${pid}/cgroup`])),
    ).toContain(`${UNIT}.service`);
    expect(await property(`${UNIT}.service`, 'KillMode')).toBe('process');
    await go();
    expect(await waiting).toMatchObject({ exitCode: 7, interrupted: false, stdout: 'done\n' });
    await until(
      'the unit is collected',
      async () => (await property(`${UNIT}.service`, 'LoadState')) === 'not-found',
    );
  });

  it('is found again when the one that waited for it was killed', async () => {
    const argv = [NODE, WAITER, 'job', cycle, 'install', String(HOUR_MS), ...waitingJob(5)];
    const first = host.run(['timeout', '--signal=KILL', '3', ...argv] as [string, ...string[]]);
    await untilRunning();
    await first;
    const second = runJob(waitingJob(5));
    await go();
    expect(await second).toMatchObject({ exitCode: 5, interrupted: false });
    expect(await runs()).toBe(1);
  });

  it('comes to its end although its unit is told to stop', async () => {
    const waiting = runJob(waitingJob(4));
    await untilRunning();
    await host.runOrThrow(['systemctl', 'stop', '--no-block', `${UNIT}.service`]);
    await until(
      'systemd has sent its signal',
      async () => (await property(`${UNIT}.service`, 'ActiveState')) === 'deactivating',
    );
    await go();
    expect(await waiting).toMatchObject({ exitCode: 4, signal: null, interrupted: false });
  });

  it('goes on when its supervisor is killed, and counts as interrupted after its end', async () => {
    const waiting = runJob(waitingJob());
    const pid = await untilRunning();
    const supervisor = await property(`${UNIT}.service`, 'MainPID');
    await host.runOrThrow(['kill', '-KILL', supervisor]);
    await host.runOrThrow(['sleep', '2']);
    expect((await host.run(['test', '-d', `/proc/${pid}`])).exitCode).toBe(0);
    await go();
    expect(await waiting).toMatchObject({ exitCode: null, interrupted: true, stdout: 'done\n' });
  });

  it('ends in order at its deadline although its maintainer script hangs', async () => {
    await host.writeFile(
      `${cycle}/dpkg`,
      `#!/bin/bash\n${cycle}/postinst\necho "postinst ended with $?"\nexit 1\n`,
      0o755,
    );
    await host.writeFile(`${cycle}/postinst`, '#!/bin/bash\nset -e\nsleep infinity\n', 0o755);
    expect(await runJob([`${cycle}/dpkg`], 1_000)).toMatchObject({
      exitCode: 1,
      timedOut: true,
      stdout: 'postinst ended with 143\n',
    });
  });

  it('is interrupted by a power cut, and is not run again under its name', async () => {
    const waiting = runJob(waitingJob()).catch(() => null);
    await untilRunning();
    await host.runOrThrow(['sync']);
    await host.powerCut();
    await waiting;
    await host.start();
    expect(await runJob(waitingJob())).toMatchObject({ exitCode: null, interrupted: true });
    expect(await runs()).toBe(1);
  });
});

describe('the order to reboot', () => {
  it('reboots the host once, after the one who gave it has ended', async () => {
    const before = await host.bootId();
    const boots = host.bootCount;
    await host.runOrThrow([NODE, WAITER, 'reboot', 'patchcycle-test-reboot-1']);
    await host.waitForReboot(boots);
    expect(await host.bootId()).not.toBe(before);
    expect(host.bootCount).toBe(boots + 1);
  });
});
