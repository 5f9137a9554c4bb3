import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from '../../../src/domain/report.ts';
import type { FleetSummary } from '../../../src/lab/demo/fleet/summary.ts';
import { Demo } from './support/demo-process.ts';

const HOSTS = ['shop-1', 'shop-2', 'shop-3', 'shop-4', 'shop-5', 'rpm-1'];

describe('the demonstration of a fleet', () => {
  let directory: string;
  let demo: Demo;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'patchcycle-demo-'));
  });
  afterEach(async () => {
    demo.child.kill('SIGTERM');
    await demo.exitCode();
    await rm(directory, { recursive: true });
  });

  it('stops at the canary that an update breaks, and goes through without that update', async () => {
    demo = new Demo(directory, '--fleet', '--yes', '--json');
    const exitCode = await demo.exitCode();
    expect({ exitCode, stderr: exitCode === 0 ? '' : demo.stderr }).toEqual({
      exitCode: 0,
      stderr: '',
    });
    const [canary, ...others] = HOSTS;
    const summary = JSON.parse(demo.stdout) as FleetSummary;
    expect(summary).toEqual({
      ok: true,
      rollouts: [
        {
          name: 'first',
          state: 'halted',
          hosts: allOf(others, 'waiting', { 'shop-1': 'restored' }),
        },
        { name: 'second', state: 'ended', hosts: allOf(HOSTS, 'patched') },
      ],
      knownBad: [{ package: 'shop', version: '2.0-1' }],
      unexpected: [],
    });
    expect(demo.traces()).toEqual([]);

    const reports = await readReports(join(directory, 'patchcycle-demo'));
    const patched = reports.filter(({ outcome }) => outcome === 'patched');
    expect(reports).toHaveLength(HOSTS.length + 1);
    expect(reports.filter(({ outcome }) => outcome === 'restored').map(({ host }) => host)).toEqual(
      [canary],
    );
    for (const { plan } of patched) {
      const rows = plan?.rows.map(({ name, newVersion }) => `${name} ${newVersion}`);
      expect(rows).toEqual(['labtool 1.1-1']);
    }
    const at = (host: string) => disruption(patched.find((report) => report.host === host));
    expectNeverTogether(at('shop-2'), at('shop-3'));
    for (const host of HOSTS.slice(1)) expect(at(host).from >= at('shop-1').to).toBe(true);
  });
});

function allOf(hosts: readonly string[], ending: string, more: Record<string, string> = {}) {
  return { ...Object.fromEntries(hosts.map((host) => [host, ending])), ...more };
}

async function readReports(directory: string): Promise<Report[]> {
  const files = (await readdir(directory)).filter((name) => /^(?:shop|rpm)-.*\.json$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.map((text) => Report.parse(JSON.parse(text)));
}

type Disruption = { from: string; to: string };

/** From the slot of its group to the proof that the host is well again. */
function disruption(report: Report | undefined): Disruption {
  const of = (name: string) => report?.steps.find(({ step }) => step === name)?.endedAt;
  const [from, to] = [of('slot'), of('verify')];
  if (!from || !to) throw new Error(`${report?.host} was not disrupted`);
  return { from, to };
}

function expectNeverTogether(one: Disruption, other: Disruption): void {
  expect(one.to <= other.from || other.to <= one.from).toBe(true);
}
