import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FleetHost } from '../../src/client/index.ts';
import type { Announcement, HostRecord } from '../../src/domain/announcement.ts';
import { MESSAGES, recordWorkflowId } from '../../src/temporal/names.ts';
import { recordSender } from '../../src/worker/announce.ts';
import { openCycleBench, withCycleOf, type CycleBench } from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { modelHost } from '../workflows/support/model-host.ts';
import { documentOf, run, type Ran } from './support/memory-io.ts';

const FILE = `policies:
  ordinary: { scope: all, approval: { required: false }, logs: { soak: 1s } }
hosts:
  web-1: { policy: ordinary, groups: [web], labels: { env: prod } }
  web-2: { policy: ordinary }
`;

let bench: CycleBench;
let directory: string;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-hosts-'));
  await writeFile(join(directory, 'patchcycle.yaml'), FILE);
});
afterAll(async () => {
  await bench.stop();
  await rm(directory, { recursive: true });
});

function cli(...argv: string[]): Promise<Ran> {
  return run([...argv, '--address', bench.env.address], { workingDirectory: directory });
}

function announcement(host: string, fields: Partial<Announcement> = {}): Announcement {
  return {
    host,
    agentVersion: '0.1.0',
    os: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0',
    manager: 'apt',
    unattended: true,
    signedApprovals: false,
    ...fields,
  };
}

const UPDATES = {
  observedAt: '2026-11-24T12:00:00Z',
  pending: { packages: 12, security: 3, oldestCve: 'CVE-2024-1234' },
  rebootPending: { answer: 'no' as const, reason: 'nothing asks for one' },
};

const announce = (said: Announcement) =>
  recordSender(bench.env.client, new AbortController().signal)(said);

/** Temporal's lists are a second late. */
async function untilListed(isThere: (hosts: FleetHost[]) => boolean): Promise<FleetHost[]> {
  for (let tries = 0; tries < 100; tries++) {
    const { hosts } = documentOf(await cli('hosts', '--json')) as { hosts: FleetHost[] };
    if (isThere(hosts)) return hosts;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The list never showed it');
}

function recordOf(host: string): Promise<HostRecord | null> {
  return bench.env.client.workflow
    .getHandle(recordWorkflowId(host))
    .query<HostRecord | null>(MESSAGES.host);
}

describe('patchcycle hosts', () => {
  it('lists the hosts of the file and those whose agents announced themselves, with findings', async () => {
    await announce(announcement('web-1', { updates: UPDATES }));
    await announce(announcement('db-9'));
    await untilListed((hosts) => hosts.filter(({ record }) => record !== null).length === 2);
    const { exitCode, stdout } = await cli('hosts');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^web-1 +12 +3 +CVE-2024-1234 +(?:now|\d.*ago) +ordinary$/m);
    expect(stdout).toMatch(/^web-2 +\? +\? +never +ordinary$/m);
    expect(stdout).toMatch(/^3 hosts, 2 findings$/m);
    expect(stdout).toMatch(/web-2: no agent of it has announced itself/);
    expect(stdout).toMatch(/db-9: it is not in the file/);
    const findings = (await cli('hosts', '--findings')).stdout;
    expect(findings).not.toMatch(/^web-1/m);
  });

  it('shows what a cycle does, and how the last one ended', async () => {
    await withCycleOf(bench, 'web-2', modelHost(), async () => {
      expect((await cli('patch', 'web-2', '--by', 'ada')).exitCode).toBe(0);
      const hosts = await untilListed((all) =>
        all.some(({ host, cycle }) => host === 'web-2' && cycle?.outcome === 'patched'),
      );
      expect(hosts.map(({ host }) => host)).toEqual(['db-9', 'web-1', 'web-2']);
      expect((await cli('hosts')).stdout).toMatch(/^web-2 .*patched/m);
    });
  });
});

describe('patchcycle inventory diff', () => {
  it('names hosts without an agent and agents without a host', async () => {
    const ran = await cli('inventory', 'diff', '--json');
    expect(documentOf(ran)).toMatchObject({
      hostsWithoutAgent: ['web-2'],
      agentsWithoutHost: ['db-9'],
    });
    const { stdout } = await cli('inventory', 'diff');
    expect(stdout).toMatch(/web-2 is in the file, and no agent/);
    expect(stdout).toMatch(/db-9 has an agent, and is not in the file/);
  });
});

describe("a host's record", () => {
  it('keeps what was said last, and what is pending while a cycle has the package tools', async () => {
    await announce(announcement('keep-1', { updates: UPDATES }));
    await announce(announcement('keep-1', { kernel: '6.2.0' }));
    const record = await recordOf('keep-1');
    expect(record?.announcement).toMatchObject({ kernel: '6.2.0', updates: UPDATES });
    expect(Date.parse(record?.lastSeenAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(record?.firstSeenAt ?? ''),
    );
  });

  it('is changed by nothing that is no announcement of this very host', async () => {
    await announce(announcement('strict-1'));
    const before = await recordOf('strict-1');
    const handle = bench.env.client.workflow.getHandle(recordWorkflowId('strict-1'));
    await handle.signal(MESSAGES.announce, announcement('strict-2'));
    for (const rubbish of [undefined, 3, 'x'.repeat(100_000), { host: 'strict-1' }, [[]]]) {
      await handle.signal(MESSAGES.announce, rubbish);
    }
    expect(await recordOf('strict-1')).toEqual(before);
  });

  it('goes on in a new run when its history is long, and forgets nothing', async () => {
    const said = announcement('long-1', { updates: UPDATES });
    await announce(said);
    const handle = bench.env.client.workflow.getHandle(recordWorkflowId('long-1'));
    const { runId } = await handle.describe();
    // Four megabytes are a long history as well, and need fewer messages.
    const rubbish = 'x'.repeat(60_000);
    for (let sent = 0; sent < 80; sent++) await handle.signal(MESSAGES.announce, rubbish);
    let latest = await handle.describe();
    for (let tries = 0; tries < 100 && latest.runId === runId; tries++) {
      await announce(said);
      await new Promise((resolve) => setTimeout(resolve, 100));
      latest = await handle.describe();
    }
    expect(latest.runId).not.toBe(runId);
    await announce(announcement('long-1', { kernel: 'last' }));
    const record = await recordOf('long-1');
    expect(record?.announcement).toMatchObject({ kernel: 'last', updates: UPDATES });
    expect((await handle.describe()).memo).toEqual({ patchcycleHost: record });
  });
});

describe('two machines that go by one name', () => {
  it('are a finding as soon as the first speaks again after the second; a reboot is none', async () => {
    for (const boot of ['one', 'two', 'one']) await announce(announcement('web-1', { boot }));
    for (const boot of ['one', 'two']) await announce(announcement('web-2', { boot }));
    const hosts = await untilListed((all) =>
      ['web-1', 'web-2'].every(
        (name) => (all.find(({ host }) => host === name)?.record?.boots ?? []).length === 2,
      ),
    );
    expect(hosts.find(({ host }) => host === 'web-2')?.findings).toEqual([]);
    expect(hosts.find(({ host }) => host === 'web-1')?.findings).toEqual([
      expect.stringMatching(/^two machines announce themselves by its name .*; give one of them/),
    ]);
    expect((await cli('hosts', '--findings')).stdout).toMatch(/web-1: two machines announce/);
  });
});
