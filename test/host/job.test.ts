import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFileExclusively } from '../../src/host/atomic-file.ts';
import { readCommands } from '../../src/host/command-log.ts';
import { startDetached, type StartSupervisor } from '../../src/host/job-start.ts';
import { createRunJob } from '../../src/host/job.ts';
import { listProcesses } from '../../src/host/process-table.ts';
import type { Argv, JobResult } from '../../src/host/tools.ts';
import { until, untilGone } from './support/processes.ts';
import { temporaryDirectory } from './support/temporary.ts';

const SUPERVISOR: Argv = [
  process.execPath,
  join(import.meta.dirname, '../../src/host/job-supervisor.ts'),
];
const WAITER = join(import.meta.dirname, 'support/job-waiter.ts');
const HOUR_MS = 3_600_000;

let cycle: string;
beforeEach(async () => {
  cycle = await temporaryDirectory();
});

/** Whatever a test left running, by the file that each of its supervisors wrote. */
afterEach(async () => {
  for (const name of await readdir(join(cycle, 'jobs')).catch(() => [])) {
    const { pid } = await startOf(name).catch(() => ({ pid: null }));
    for (const entry of await listProcesses()) {
      if (pid !== null && entry.sessionId === pid) process.kill(entry.pid, 'SIGKILL');
    }
  }
});

function runner(start: StartSupervisor = startDetached(SUPERVISOR), signal?: AbortSignal) {
  return createRunJob({
    cycleDirectory: cycle,
    cycle: '20261124t184300z-1a2b3c4d',
    step: 'upgrade',
    start,
    progress: (text) => said.push(text),
    ...(signal === undefined ? {} : { signal }),
  });
}
const said: string[] = [];

function jobFile(name: string, file: string): string {
  return join(cycle, 'jobs', name, file);
}

async function startOf(name: string): Promise<{ pid: number }> {
  return JSON.parse(await readFile(jobFile(name, 'started.json'), 'utf8')) as { pid: number };
}

/** A job that counts its runs, says its pid, and ends when `go` appears. */
function waitingJob(exitCode = 0): Argv {
  const script = `echo run >> ${cycle}/runs; echo $$ > ${cycle}/pid; echo at work; while [ ! -e ${cycle}/go ]; do sleep 0.05; done; echo done; exit ${exitCode}`;
  return ['sh', '-c', script];
}

async function runs(): Promise<number> {
  return (await readFile(join(cycle, 'runs'), 'utf8')).trim().split('\n').length;
}

async function untilRunning(): Promise<number> {
  await until('the job runs', () =>
    readFile(join(cycle, 'pid'), 'utf8').then(Boolean, () => false),
  );
  return Number(await readFile(join(cycle, 'pid'), 'utf8'));
}

function spawnWaiter(name: string, argv: Argv): ChildProcess {
  return spawn(process.execPath, [WAITER, cycle, name, String(HOUR_MS), ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function resultOf(waiter: ChildProcess): Promise<JobResult> {
  let text = '';
  waiter.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(waiter, 'close');
  return JSON.parse(text) as JobResult;
}

describe('a job', () => {
  it('answers exit code and outputs, and is in the command log of its cycle', async () => {
    const result = await runner()('install', ['sh', '-c', 'echo out; echo err >&2; exit 7'], {
      deadlineMs: HOUR_MS,
    });
    expect(result).toMatchObject({ exitCode: 7, signal: null, stdout: 'out\n', stderr: 'err\n' });
    expect(result).toMatchObject({ interrupted: false, timedOut: false });
    expect(await readCommands(cycle)).toMatchObject([
      { step: 'upgrade', argv: ['sh', '-c', expect.any(String)], exitCode: 7 },
    ]);
  });

  it('gets the clean environment and what is added to it, and a closed standard input', async () => {
    const result = await runner()('env', ['sh', '-c', 'env; cat'], {
      deadlineMs: HOUR_MS,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    expect(result.stdout).toContain('DEBIAN_FRONTEND=noninteractive\n');
    expect(result.stdout).toContain('LC_ALL=C\n');
    expect(result.stdout).not.toMatch(/NODE_OPTIONS|HOME=/);
  });

  it('is answered from its record when it is asked for again, and is not run again', async () => {
    const first = await runner()('install', ['sh', '-c', `echo run >> ${cycle}/runs`], {
      deadlineMs: HOUR_MS,
    });
    const second = await runner()('install', ['sh', '-c', 'exit 9'], { deadlineMs: HOUR_MS });
    expect(second).toEqual(first);
    expect(await runs()).toBe(1);
  });

  it('runs once when many ask for it at the same moment', async () => {
    await writeFile(join(cycle, 'go'), '');
    const asked = Array.from({ length: 8 }, () =>
      runner()('install', waitingJob(3), { deadlineMs: HOUR_MS }),
    );
    const results = await Promise.all(asked);
    expect(results.map(({ exitCode }) => exitCode)).toEqual(Array(8).fill(3));
    expect(await runs()).toBe(1);
  });

  it('answers in words when its program does not exist', async () => {
    const result = await runner()('install', ['/no/such/program'], { deadlineMs: HOUR_MS });
    expect(result).toMatchObject({ exitCode: null, interrupted: false });
    expect(result.stderr).toContain('ENOENT');
  });

  it('tells of its end by a signal', async () => {
    const result = await runner()('install', ['sh', '-c', 'kill -9 $$'], { deadlineMs: HOUR_MS });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', interrupted: false });
  });

  it('keeps beginning and end of an output that has no end of its own', async () => {
    const script =
      'echo the beginning; head -c 30000000 /dev/zero | tr "\\0" x; echo; echo the end';
    const result = await runner()('install', ['sh', '-c', script], { deadlineMs: HOUR_MS });
    expect(result.stdout.endsWith('the end\n')).toBe(true);
    expect(result.stdout).toHaveLength(64 * 1024);
    const kept = await readFile(jobFile('install', 'stdout'), 'utf8');
    expect(kept.startsWith('the beginning\n')).toBe(true);
    expect(kept).toMatch(/\[patchcycle left out \d+ bytes here\]/);
    expect(kept.length).toBeLessThan(9 * 1024 * 1024);
  });

  it('answers the lines that were asked for, also those that the end of the output does not hold', async () => {
    const script = 'echo bad: one; head -c 200000 /dev/zero | tr "\\0" x; echo; echo bad: two >&2';
    const options = { deadlineMs: HOUR_MS, notable: /^bad: / };
    const result = await runner()('install', ['sh', '-c', script], options);
    expect(result.stdout).not.toContain('bad: one');
    expect(result.notable).toEqual(['bad: one', 'bad: two']);
    const again = await runner()('install', ['true'], options);
    expect(again).toEqual(result);
  });

  it('tells where lines that were asked for may have been left out', async () => {
    const script = 'head -c 30000000 /dev/zero | tr "\\0" x';
    const options = { deadlineMs: HOUR_MS, notable: /^bad: / };
    const { notable } = await runner()('install', ['sh', '-c', script], options);
    expect(notable).toEqual([expect.stringMatching(/^\[patchcycle left out \d+ bytes here\]$/)]);
  });

  it.each(['../x', 'a/b', 'A', '-x', '', 'x'.repeat(65), 'a b'])(
    'refuses the name %j',
    async (name) => {
      await expect(runner()(name, ['true'], { deadlineMs: 1 })).rejects.toThrow(
        'no name for a job',
      );
    },
  );

  it('says what it is doing while it is waited for', async () => {
    said.length = 0;
    const waiting = runner()('install', waitingJob(), { deadlineMs: HOUR_MS });
    await until('progress is said', async () => said.includes('at work'));
    await writeFile(join(cycle, 'go'), '');
    expect((await waiting).exitCode).toBe(0);
  });
});

describe('a job outlives', () => {
  it('the process that waits for it: killed, the next one finds it and takes its status', async () => {
    const first = spawnWaiter('install', waitingJob(5));
    const pid = await untilRunning();
    first.kill('SIGKILL');
    await once(first, 'exit');

    const second = spawnWaiter('install', waitingJob(5));
    const result = resultOf(second);
    await sleep(300);
    expect((await listProcesses()).map((entry) => entry.pid)).toContain(pid);
    await writeFile(join(cycle, 'go'), '');
    expect(await result).toMatchObject({
      exitCode: 5,
      interrupted: false,
      stdout: 'at work\ndone\n',
    });
    expect(await runs()).toBe(1);
  });

  it('the cancellation of its step, which only ends the waiting', async () => {
    const controller = new AbortController();
    const waiting = runner(undefined, controller.signal)('install', waitingJob(), {
      deadlineMs: HOUR_MS,
    });
    await untilRunning();
    controller.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await writeFile(join(cycle, 'go'), '');
    expect(await runner()('install', waitingJob(), { deadlineMs: HOUR_MS })).toMatchObject({
      exitCode: 0,
    });
    expect(await runs()).toBe(1);
  });

  it('SIGTERM, SIGINT and SIGHUP to its supervisor', async () => {
    const waiting = runner()('install', waitingJob(), { deadlineMs: HOUR_MS });
    await untilRunning();
    const { pid } = await startOf('install');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(pid, signal);
    await sleep(200);
    await writeFile(join(cycle, 'go'), '');
    expect(await waiting).toMatchObject({ exitCode: 0, interrupted: false });
  });
});

describe('a supervisor that was killed', () => {
  it('leaves a job that counts as interrupted only once its program has ended', async () => {
    let answered = false;
    const waiting = runner()('install', waitingJob(), { deadlineMs: HOUR_MS }).finally(
      () => (answered = true),
    );
    const program = await untilRunning();
    process.kill((await startOf('install')).pid, 'SIGKILL');
    await until('the survivor is noticed', async () =>
      said.some((text) => text.includes('lost its supervisor')),
    );
    expect(answered).toBe(false);
    await writeFile(join(cycle, 'go'), '');
    const result = await waiting;
    expect(result).toMatchObject({
      exitCode: null,
      signal: null,
      interrupted: true,
      stdout: 'at work\ndone\n',
    });
    await untilGone(program);
  });

  it('is answered the same for ever, and nothing is run again under its name', async () => {
    const waiting = runner()('install', waitingJob(), { deadlineMs: HOUR_MS });
    const program = await untilRunning();
    process.kill((await startOf('install')).pid, 'SIGKILL');
    process.kill(program, 'SIGKILL');
    const result = await waiting;
    expect(result.interrupted).toBe(true);
    expect(await runner()('install', waitingJob(), { deadlineMs: HOUR_MS })).toEqual(result);
    expect(await runs()).toBe(1);
    expect(await readCommands(cycle)).toMatchObject([{ exitCode: null }]);
  });

  it('in another boot of the host is not looked for', async () => {
    await mkdir(join(cycle, 'jobs', 'install'), { recursive: true });
    const spec = {
      name: 'install',
      argv: ['true'],
      env: {},
      deadlineMs: HOUR_MS,
      cycleDirectory: cycle,
      step: 'upgrade',
    };
    await createFileExclusively(jobFile('install', 'spec.json'), JSON.stringify(spec));
    const start = {
      pid: process.pid,
      startTicks: '1',
      boot: { bootId: '11111111-2222-4333-8444-555555555555', initStartTicks: '1' },
      at: new Date().toISOString(),
    };
    await createFileExclusively(jobFile('install', 'started.json'), JSON.stringify(start));
    const result = await runner()('install', ['true'], { deadlineMs: HOUR_MS });
    expect(result).toMatchObject({ interrupted: true, exitCode: null });
  });
});

describe('a job that was never started', () => {
  it('is started by the next one who asks: the first crashed between the two', async () => {
    const crash = () => Promise.reject(new Error('crashed'));
    await expect(runner(crash)('install', waitingJob(), { deadlineMs: HOUR_MS })).rejects.toThrow(
      'crashed',
    );
    await writeFile(join(cycle, 'go'), '');
    expect(await runner()('install', waitingJob(), { deadlineMs: HOUR_MS })).toMatchObject({
      exitCode: 0,
    });
    expect(await runs()).toBe(1);
  });

  it('runs once although its supervisor was started twice', async () => {
    const start = startDetached(SUPERVISOR);
    const twice: StartSupervisor = async (...args) => {
      await start(...args);
      await start(...args);
    };
    await writeFile(join(cycle, 'go'), '');
    expect(await runner(twice)('install', waitingJob(), { deadlineMs: HOUR_MS })).toMatchObject({
      exitCode: 0,
    });
    await sleep(500);
    expect(await runs()).toBe(1);
  });
});

describe('the deadline of a job', () => {
  /** A program named dpkg that runs a maintainer script in which something hangs. */
  async function fakeDpkg(maintainerScript: string): Promise<Argv> {
    const dpkg = join(cycle, 'dpkg');
    const postinst = join(cycle, 'postinst');
    await writeFile(
      dpkg,
      `#!/bin/bash\ntrap 'echo dpkg got a signal >> ${cycle}/signals' TERM INT\n${postinst}\necho "postinst ended with $?"\nexit 1\n`,
    );
    await writeFile(postinst, `#!/bin/bash\nset -e\n${maintainerScript}\n`);
    await chmod(dpkg, 0o755);
    await chmod(postinst, 0o755);
    return [dpkg, '--configure', '-a'];
  }

  it('ends what hangs below the package tool, so that the tool ends in order', async () => {
    const argv = await fakeDpkg('sleep 600');
    const result = await runner()('install', argv, { deadlineMs: 500 });
    expect(result).toMatchObject({ exitCode: 1, signal: null, timedOut: true, interrupted: false });
    expect(result.stdout).toBe('postinst ended with 143\n');
    await expect(readFile(join(cycle, 'signals'), 'utf8')).rejects.toThrow('ENOENT');
  });

  it('is kept without any agent', async () => {
    const argv = await fakeDpkg('sleep 600');
    const waiter = spawn(process.execPath, [WAITER, cycle, 'install', '1500', ...argv], {
      stdio: 'ignore',
    });
    await until('the job has started', () =>
      startOf('install').then(
        () => true,
        () => false,
      ),
    );
    waiter.kill('SIGKILL');
    await until('the job has a result', () =>
      readFile(jobFile('install', 'result.json')).then(
        () => true,
        () => false,
      ),
    );
    const result = await runner()('install', argv, { deadlineMs: 1 });
    expect(result).toMatchObject({ exitCode: 1, timedOut: true });
  });

  it('ends a maintainer script that begins to hang again and again', async () => {
    const argv = await fakeDpkg('set +e; while true; do sleep 600; done');
    const result = await runner()('install', argv, { deadlineMs: 300 });
    expect(result).toMatchObject({ exitCode: 1, timedOut: true });
    await expect(readFile(join(cycle, 'signals'), 'utf8')).rejects.toThrow('ENOENT');
  });

  it('is kept for what a killed supervisor left behind', async () => {
    const argv = await fakeDpkg(`echo $$ > ${cycle}/pid; sleep 600`);
    const waiting = runner()('install', argv, { deadlineMs: 2_500 });
    await untilRunning();
    process.kill((await startOf('install')).pid, 'SIGKILL');
    expect(await waiting).toMatchObject({ interrupted: true, stdout: 'postinst ended with 143\n' });
    await expect(readFile(join(cycle, 'signals'), 'utf8')).rejects.toThrow('ENOENT');
  });
});
