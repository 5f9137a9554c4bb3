import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostStatus } from '../../src/client/index.ts';
import { openCycleBench, withCycleOf, type CycleBench } from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { modelHost, type Model } from '../workflows/support/model-host.ts';
import { documentOf, run, type Ran, type RunOptions } from './support/memory-io.ts';

const INVENTORY = `policies:
  ordinary: { scope: all, approval: { required: false }, logs: { soak: 1s } }
  critical: { scope: all, approval: { required: true, expires: 1h }, logs: { soak: 1s } }
  held: { scope: all, approval: { required: false }, onFailure: hold, logs: { soak: 1s } }
`;
// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001B/;

let bench: CycleBench;
let directory: string;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-cli-'));
  await writeFile(join(directory, 'patchcycle.yaml'), INVENTORY);
});
afterAll(async () => {
  await bench.stop();
  await rm(directory, { recursive: true });
});

function cli(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return run([...argv, '--address', bench.env.address], {
    workingDirectory: directory,
    ...options,
  });
}

let hosts = 0;

async function onHost(
  work: (host: string, model: Model) => Promise<void>,
  model = modelHost(),
): Promise<void> {
  const host = `cli-${++hosts}`;
  await withCycleOf(bench, host, model, () => work(host, model));
}

const start = (host: string, policy: string) =>
  cli(['patch', host, '--policy', policy, '--by', 'Ada', '--detach']);

async function until(host: string, state: string): Promise<HostStatus> {
  for (let tries = 0; tries < 200; tries++) {
    const status = documentOf(await cli(['status', host, '--json'])) as HostStatus;
    if (status.cycle?.state.name === state) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${host} never came to ${state}`);
}

function digestOf(status: HostStatus): string {
  if (!status.cycle?.plan) throw new Error('There is no plan yet');
  return status.cycle.plan.digest;
}

describe('patchcycle patch', () => {
  it('follows a good cycle line by line where nobody looks, and ends with 0', () =>
    onHost(async (host) => {
      const ran = await cli(['patch', host, '--policy', 'ordinary', '--by', 'Ada']);
      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toMatch(new RegExp(`${host} patched after`));
      expect(ran.stderr).toMatch(new RegExp(`\\d\\d:\\d\\d:\\d\\d ${host} plan done .*2 packages`));
      expect(ran.stderr).toMatch(/verify done/);
      expect(ran.stdout + ran.stderr).not.toMatch(ESCAPES);
    }));

  it('draws a live list on a terminal, and gives the cursor back', () =>
    onHost(async (host) => {
      const ran = await cli(['patch', host, '--policy', 'ordinary'], { isTerminal: true });
      expect(ran.exitCode).toBe(0);
      // eslint-disable-next-line no-control-regex
      expect(ran.stderr).toMatch(/\u001B\[\d+F\u001B\[J/);
      expect(ran.stderr.lastIndexOf('\u001B[?25h')).toBeGreaterThan(
        ran.stderr.lastIndexOf('\u001B[?25l'),
      );
    }));

  it('answers the report as the one document of --json', () =>
    onHost(async (host) => {
      const ran = await cli(['patch', host, '--policy', 'ordinary', '--by', 'Ada', '--json']);
      expect(documentOf(ran)).toMatchObject({ host, outcome: 'patched', requestedBy: 'Ada' });
      expect(ran.exitCode).toBe(0);
    }));

  it('ends with 2 when the host was restored, and says why', () =>
    onHost(
      async (host, model) => {
        const ran = await cli(['patch', host, '--policy', 'ordinary']);
        expect(ran.exitCode).toBe(2);
        expect(ran.stdout).toMatch(/restored/);
        expect(ran.stdout).toMatch(/HealthWorse/);
        expect(ran.stdout).toMatch(/Next: /);
        expect(model.host.packages).toBe('old');
      },
      modelHost([{ step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' }]),
    ));

  it('ends with 1 when a cycle runs already, and names it', () =>
    onHost(async (host) => {
      const first = documentOf(
        await cli(['patch', host, '--policy', 'critical', '--detach', '--json']),
      ) as { runId: string };
      const second = await cli(['patch', host, '--policy', 'critical']);
      expect(second.exitCode).toBe(1);
      expect(second.stderr).toContain(first.runId);
      expect(second.stderr).toMatch(/Next: .*status/);
    }));

  it('is left by Ctrl-C with 130, says that the cycle goes on, and it does', () =>
    onHost(async (host) => {
      const stop = new AbortController();
      const running = cli(['patch', host, '--policy', 'critical'], { stop: stop.signal });
      await until(host, 'awaiting-approval');
      stop.abort(new Error('stopped by SIGINT'));
      const { exitCode, stderr } = await running;
      expect(exitCode).toBe(130);
      expect(stderr).toMatch(/goes on/);
      expect(await until(host, 'awaiting-approval')).toMatchObject({ running: true });
    }));

  it('warns at once when no agent of the host asks for work', async () => {
    const ran = await cli(['patch', 'nobody-there', '--policy', 'ordinary', '--detach']);
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(/No agent of nobody-there has asked for work/);
    await cli(['abort', 'nobody-there']);
  });
});

describe('patchcycle approve', () => {
  it('takes the first twelve digits of the plan in question', () =>
    onHost(async (host) => {
      await start(host, 'critical');
      const digest = digestOf(await until(host, 'awaiting-approval'));
      const ran = await cli([
        'approve',
        host,
        '--digest',
        digest.slice(0, 12),
        '--by',
        'Ada',
        '--json',
      ]);
      expect(documentOf(ran)).toMatchObject({
        host,
        decision: 'approve',
        by: 'Ada',
        accepted: true,
      });
      expect(ran.exitCode).toBe(0);
    }));

  it('refuses eleven digits, digits of another plan, and what is no digest; nothing is decided', () =>
    onHost(async (host) => {
      await start(host, 'critical');
      const digest = digestOf(await until(host, 'awaiting-approval'));
      const other = (digest.startsWith('0') ? '1' : '0') + digest.slice(1);
      for (const wrong of [
        digest.slice(0, 11),
        other.slice(0, 12),
        other,
        'latest',
        `${digest}0`,
      ]) {
        const { exitCode, stderr } = await cli(['approve', host, '--digest', wrong]);
        expect({ wrong, exitCode }).toEqual({ wrong, exitCode: 1 });
        expect(stderr).toMatch(/Next: /);
      }
      expect(await until(host, 'awaiting-approval')).toMatchObject({ cycle: { decisions: [] } });
    }));

  it('without a digest and without a terminal approves nothing, and says which plan waits', () =>
    onHost(async (host) => {
      await start(host, 'critical');
      const digest = digestOf(await until(host, 'awaiting-approval'));
      const { exitCode, stderr } = await cli(['approve', host]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(digest);
    }));

  it('is refused for a cycle that asks for nothing', () =>
    onHost(
      async (host) => {
        await start(host, 'held');
        await until(host, 'needs-attention');
        const { exitCode, stderr } = await cli(['approve', host, '--digest', 'a'.repeat(12)]);
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/needs-attention/);
      },
      modelHost([{ step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' }]),
    ));
});

describe('patchcycle reject, abort and resolve', () => {
  it('reject means the plan in question when none is named', () =>
    onHost(async (host) => {
      await start(host, 'critical');
      await until(host, 'awaiting-approval');
      expect((await cli(['reject', host, '--why', 'not today'])).exitCode).toBe(0);
      const ran = await cli(['status', host]);
      expect(ran.stdout).toMatch(/rejected|reporting/);
    }));

  it('abort ends a cycle that waits', () =>
    onHost(async (host) => {
      await start(host, 'critical');
      await until(host, 'awaiting-approval');
      expect((await cli(['abort', host])).exitCode).toBe(0);
    }));

  it('resolve restores a host that needs attention', () =>
    onHost(
      async (host) => {
        await start(host, 'held');
        const status = await cli(['status', host]);
        await until(host, 'needs-attention');
        const shown = await cli(['status', host]);
        expect(status.exitCode).toBe(0);
        expect(shown.stdout).toMatch(/patchcycle resolve .* --how restore/);
        expect((await cli(['resolve', host, '--how', 'restore'])).exitCode).toBe(0);
      },
      modelHost([{ step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' }]),
    ));

  it('a second decision after the end is refused with 1', () =>
    onHost(async (host) => {
      await cli(['patch', host, '--policy', 'ordinary']);
      const { exitCode, stderr } = await cli(['abort', host]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/nothing to abort/);
    }));
});

describe('patchcycle plan', () => {
  it('shows the packages, and nothing on the host has changed', () =>
    onHost(async (host, model) => {
      const ran = await cli(['plan', host, '--policy', 'ordinary']);
      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toMatch(/alpha +1\.0 +2\.0 +yes +CVE-2026-0001/);
      expect(model.host.packages).toBe('old');
    }));

  it('ends with 1 and the mend when the host cannot plan', () =>
    onHost(
      async (host) => {
        const { exitCode, stderr } = await cli(['plan', host, '--policy', 'ordinary']);
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/SignatureInvalid/);
        expect(stderr).toMatch(/Next: Nothing: this is a test/);
      },
      modelHost([{ step: 'refresh', kind: 'throws-for-good', type: 'SignatureInvalid' }]),
    ));
});

describe('patchcycle status and report', () => {
  it('status lists the hosts and names those that wait for a person', () =>
    onHost(async (host) => {
      await start(host, 'critical');
      await until(host, 'awaiting-approval');
      for (let tries = 0; ; tries++) {
        const { stdout, exitCode } = await cli(['status']);
        expect(exitCode).toBe(0);
        if (new RegExp(`^${host} +awaiting-approval +critical +2 +2`, 'm').test(stdout)) {
          expect(stdout).toContain(`patchcycle status ${host}`);
          return;
        }
        if (tries > 100) throw new Error(`The list never showed it:\n${stdout}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }));

  it('status of one host shows the plan that is asked about and the commands that decide', () =>
    onHost(async (host) => {
      await start(host, 'critical');
      const digest = digestOf(await until(host, 'awaiting-approval'));
      const { stdout } = await cli(['status', host]);
      expect(stdout).toContain(`patchcycle approve ${host} --digest ${digest.slice(0, 12)}`);
      expect(stdout).toMatch(/alpha +1\.0 +2\.0/);
      expect(stdout).not.toMatch(ESCAPES);
    }));

  it('status --watch of one host ends with its cycle', () =>
    onHost(async (host) => {
      await start(host, 'ordinary');
      const { exitCode, stdout } = await cli(['status', host, '--watch'], { isTerminal: true });
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/patched/);
    }));

  it('report is written in the form that the file name says, readable by its owner only', () =>
    onHost(async (host) => {
      await cli(['patch', host, '--policy', 'ordinary']);
      const file = join(directory, `${host}.html`);
      const ran = await cli(['report', host, '--output', file, '--json']);
      expect(documentOf(ran)).toMatchObject({ host, outcome: 'patched', format: 'html', file });
      expect(await readFile(file, 'utf8')).toMatch(/<html/);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await cli(['report', host])).stdout).toMatch(/^#/);
      expect(documentOf(await cli(['report', host, '--format', 'json']))).toMatchObject({ host });
    }));

  it('report of a cycle that still runs is refused with 1', () =>
    onHost(async (host) => {
      await start(host, 'critical');
      const { exitCode, stderr } = await cli(['report', host]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/still runs/);
    }));
});

describe('patchcycle doctor', () => {
  it('ends with 0 when the host has an agent and everything is there', () =>
    onHost(async (host) => {
      for (let tries = 0; tries < 100; tries++) {
        const { exitCode, stdout } = await cli(['doctor', host]);
        if (exitCode === 0) {
          expect(stdout).toMatch(/Nothing is missing/);
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error((await cli(['doctor', host])).stdout);
    }));

  it('ends with 1 and the mend when the host has no agent', async () => {
    const ran = await cli(['doctor', 'nobody-there', '--json']);
    expect(ran.exitCode).toBe(1);
    expect(documentOf(ran)).toMatchObject({
      checks: expect.arrayContaining([
        {
          name: 'agent of nobody-there',
          result: 'missing',
          detail: expect.any(String),
          mend: expect.stringContaining('systemctl status patchcycle-agent'),
        },
      ]),
    });
  });
});
