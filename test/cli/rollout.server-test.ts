import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutStatus } from '../../src/client/index.ts';
import { rolloutWorkflowId } from '../../src/temporal/names.ts';
import { openCycleBench, type CycleBench } from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { goodHosts, withFleet } from '../workflows/support/fleet.ts';
import { modelHost, type Fault } from '../workflows/support/model-host.ts';
import { documentOf, run, type Ran } from './support/memory-io.ts';

const INVENTORY = `policies:
  ordinary:
    scope: all
    approval: { required: false }
    logs: { soak: 1s }
    rollout: { waves: [1], soak: 0s }
  held:
    scope: all
    approval: { required: false }
    onFailure: hold
    logs: { soak: 1s }
    rollout: { waves: [1], soak: 0s, atOnce: 2 }
groups:
  pair: { exclusive: true }
  good: {}
  stop: {}
hosts:
  good-1: { policy: ordinary, groups: [good], labels: { env: test } }
  good-2: { policy: ordinary, groups: [good] }
  stop-1: { policy: ordinary, groups: [stop] }
  stop-2: { policy: ordinary, groups: [stop] }
  pair-1: { policy: held, groups: [pair] }
  pair-2: { policy: held, groups: [pair] }
`;
const BROKEN: Fault = { step: 'verify', kind: 'throws-for-good', type: 'HealthWorse', times: 1 };

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

const cli = (...argv: string[]): Promise<Ran> =>
  run([...argv, '--address', bench.env.address], { workingDirectory: directory });

const statusOf = async (name: string) =>
  documentOf(await cli('rollout', 'status', name, '--json')) as RolloutStatus;

async function until(name: string, state: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await statusOf(name)).rollout?.state.name === state) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} never came to ${state}: ${JSON.stringify(await statusOf(name))}`);
}

async function untilShown(argv: string[], text: RegExp): Promise<void> {
  let last = '';
  for (let tries = 0; tries < 200; tries++) {
    last = (await cli(...argv)).stdout;
    if (text.test(last)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${argv.join(' ')} never showed ${text}: ${last}`);
}

describe('patchcycle rollout start', () => {
  it('shows with --dry-run which host would be in which wave, and starts nothing', async () => {
    const ran = await cli('rollout', 'start', '--policy', 'ordinary', '--dry-run');
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/1\s+1\s+good-1\n/);
    expect(ran.stdout).toMatch(/2\s+3\s+good-2, stop-1, stop-2\n/);
    expect((await cli('rollout', 'status')).stdout).toMatch(/No rollout is known/);
  });

  it('follows a good one with --wait, and ends with 0', async () => {
    await withFleet(bench, goodHosts('good', 2), async () => {
      const ran = await cli(
        ...['rollout', 'start', '--host', 'good-1', '--host', 'good-2'],
        ...['--name', 'good', '--by', 'Ada', '--reason', 'CVE-2026-0001', '--wait'],
      );
      expect(ran.exitCode).toBe(0);
      expect(ran.stdout).toMatch(/rollout good: finished/);
      expect(ran.stdout).toMatch(/1\s+1\s+1 patched\n\s+2\s+1\s+1 patched/);
      expect(ran.stdout).toMatch(/asked for by Ada/);
      expect((await cli('rollout', 'status')).stdout).toMatch(/good\s+ended/);
    });
  });

  it.each([
    [['--group', 'nobody'], /no host is meant/],
    [['--host', 'stranger'], /stranger is not in the file/],
    [['--label', 'env'], /name=value/],
    [['--name', 'No Name', '--host', 'good-1'], /rollout's name/],
    [[], /rolled out differently/],
  ])('refuses %j with what to do', async (options, message) => {
    const ran = await cli('rollout', 'start', ...options);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(message);
  });
});

describe('a rollout whose canary fails', () => {
  it('halts, says what to do, and is moved on by retry and resume', async () => {
    const fleet = { 'stop-1': modelHost([BROKEN]), 'stop-2': modelHost() };
    await withFleet(bench, fleet, async () => {
      await cli('rollout', 'start', '--group', 'stop', '--name', 'stops', '--by', 'Ada');
      await until('stops', 'halted');
      const { stdout } = await cli('rollout', 'status', 'stops');
      expect(stdout).toMatch(
        /halted since .*1 of the 1 hosts of wave 1 did not come through: stop-1/,
      );
      expect(stdout).toMatch(/restored\s+patchcycle report stop-1/);
      expect(stdout).toMatch(/patchcycle rollout retry stops HOST/);

      const again = await cli('rollout', 'start', '--group', 'stop', '--name', 'stops');
      expect(again).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/running already/),
      });
      const refused = await cli('rollout', 'retry', 'stops', 'stop-2');
      expect(refused).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/not been started/),
      });

      expect((await cli('rollout', 'retry', 'stops', 'stop-1')).stdout).toMatch(
        /tries again stop-1/,
      );
      expect((await cli('rollout', 'resume', 'stops', '--why', 'it is mended')).exitCode).toBe(0);
      const watched = await cli('rollout', 'status', 'stops', '--watch');
      expect(watched).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/rollout stops: finished/),
      });
      // It says that it has ended a moment before it is over, and refuses in other words until then.
      await bench.env.client.workflow.getHandle(rolloutWorkflowId('stops')).result();
      const over = await cli('rollout', 'pause', 'stops');
      expect(over).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/No rollout stops is running/),
      });
    });
  });
});

describe('patchcycle rollout skip', () => {
  it('wants to be told why', async () => {
    const ran = await cli('rollout', 'skip', 'stops', 'stop-1');
    expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/--why/) });
  });
});

describe('a rollout that nobody knows', () => {
  it('is told from one that is over', async () => {
    const ran = await cli('rollout', 'status', 'unheard-of');
    expect(ran).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/No rollout unheard-of/),
    });
  });
});

describe('patchcycle budget', () => {
  it('shows who holds the slots, and frees one that was left behind', async () => {
    const fleet = { 'pair-1': modelHost([BROKEN]), 'pair-2': modelHost() };
    await withFleet(bench, fleet, async () => {
      await cli('rollout', 'start', '--group', 'pair', '--name', 'pairs');
      const needsAttention = /needs-attention\s+patchcycle status pair-1/;
      await untilShown(['rollout', 'status', 'pairs'], needsAttention);
      await until('pairs', 'halted');
      await cli('rollout', 'resume', 'pairs');
      await untilShown(['budget', 'pair'], /pair-1\s+disrupted[^]*pair-2\s+waits/);
      const tooEarly = await cli('budget', 'free', 'pair', 'pair-1', '--why', 'I am sure');
      expect(tooEarly).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/cycle of pair-1 runs/),
      });
      await bench.env.client.workflow.getHandle('patch/pair-1').terminate();
      const freed = await cli('budget', 'free', 'pair', 'pair-1', '--why', 'I looked');
      expect(freed).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/is free/) });
      await until('pairs', 'ended');
      expect((await cli('budget')).stdout).toMatch(/No host is disrupted/);
    });
  });
});
