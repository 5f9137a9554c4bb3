import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FleetHost } from '../../src/client/index.ts';
import type { Advisory, PackageSpec } from '../../src/lab/packages.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import { toolPackage } from '../../src/lab/tool-package.ts';
import { documentOf, run, type Ran } from '../cli/support/memory-io.ts';
import { openCycleSite, type CycleSite } from './support/cycle-site.ts';

const HOUR_MS = 3_600_000;
const AGO = '(?:now|\\d+\\w ago)';
const DEB = 'listed-deb';
const RPM = 'listed-rpm';
const INVENTORY = `policies:
  asked: { scope: all, approval: { required: true, expires: 1h } }
hosts:
  ${DEB}: { policy: asked }
  ${RPM}: { policy: asked }
  unheard-1: { policy: asked }
`;
const ASKS = { approval: { required: true, expires: '1h' } };

let cycles: CycleSite;
let directory: string;
const repositories: LabRepository[] = [];
beforeAll(async () => {
  cycles = await openCycleSite();
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-listed-'));
  await writeFile(join(directory, 'patchcycle.yaml'), INVENTORY);
});
afterAll(async () => {
  await cycles.stop();
  for (const repository of repositories) await repository.close();
  await rm(directory, { recursive: true });
});

/** A host with two older packages, of which one has a security update with these CVEs, and the other an ordinary one. */
async function startHost(name: string, format: 'deb' | 'rpm', cves: readonly string[]) {
  const security = await createRepository({ format, name: 'urgent' });
  const ordinary = await createRepository({ format, name: 'normal', updates: 'ordinary' });
  repositories.push(security, ordinary);
  const old = [
    ...(await security.build(labPackage('labtool', '1.0-1'))),
    ...(await ordinary.build(labPackage('labother', '1.0-1'))),
  ];
  await security.publish(labPackage('labtool', '1.1-1', { cves }));
  await ordinary.publish(labPackage('labother', '1.1-1', { type: 'bugfix' }));
  return cycles.site.startHost({
    ...{ name, format, unattended: false, archives: ['main'] },
    repositories: [security.sourcesEntry(), ordinary.sourcesEntry()],
    packages: old.map(({ file }) => file),
  });
}

/** Debian's tools read CVEs in changelogs, those of the others in advisories. */
function labPackage(name: string, version: string, advisory: Advisory = {}): PackageSpec {
  const { cves = [] } = advisory;
  return toolPackage({ name, version, advisory, changes: cves.map((cve) => `Closes ${cve}.`) });
}

const cli = (...argv: string[]): Promise<Ran> =>
  run([...argv, '--address', cycles.site.server.address], { workingDirectory: directory });

/** Temporal's lists are a second late, and the agent reads changelogs first. */
async function untilListed(isThere: (hosts: FleetHost[]) => boolean): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const { hosts } = documentOf(await cli('hosts', '--json')) as { hosts: FleetHost[] };
    if (isThere(hosts)) return (await cli('hosts')).stdout;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`It was never listed: ${(await cli('hosts')).stdout}`);
}

const pendingOn = (hosts: FleetHost[], name: string) =>
  hosts.find(({ host }) => host === name)?.record?.announcement.updates?.pending;

async function whileItAsks(host: string, work: (digest: string) => Promise<void>): Promise<void> {
  await cycles.start(host, ASKS);
  const { plan } = await cycles.until(host, 'awaiting-approval');
  await work(plan?.digest ?? '');
}

/** So its package lists are fresh, and nothing is changed. */
async function isRejected(name: string): Promise<void> {
  await whileItAsks(name, async (digest) => {
    const asking = await untilListed((hosts) =>
      hosts.some(({ host, cycle }) => host === name && cycle?.state === 'awaiting-approval'),
    );
    expect(asking).toMatch(new RegExp(`^${name} +awaiting-approval .*asked$`, 'm'));
    await cycles.site.client.reject(name, { by: 'ada', digest });
    expect((await cycles.report(name)).outcome).toBe('rejected');
  });
}

describe('patchcycle hosts', () => {
  it('has of each host what is pending on it, how its last cycle ended, and when it was seen', async () => {
    await Promise.all([
      startHost(DEB, 'deb', ['CVE-2025-0001', 'CVE-2026-0002']),
      startHost(RPM, 'rpm', ['CVE-2024-0003']),
    ]);
    expect(await untilListed((hosts) => hosts.filter(({ record }) => record).length === 2)).toMatch(
      /^unheard-1 .*never +asked$/m,
    );
    await Promise.all([DEB, RPM].map(isRejected));
    const text = await untilListed((hosts) =>
      [DEB, RPM].every((host) => pendingOn(hosts, host) !== undefined),
    );
    expect(text).toMatch(
      new RegExp(`^${DEB} +rejected ${AGO} +2 +1 +CVE-2025-0001 +${AGO} +asked$`, 'm'),
    );
    expect(text).toMatch(
      new RegExp(`^${RPM} +rejected ${AGO} +2 +1 +CVE-2024-0003 +${AGO} +asked$`, 'm'),
    );
    expect(text).toMatch(/^3 hosts, 1 finding$/m);
    expect(text).toMatch(/unheard-1: no agent of it has announced itself/);
  });

  it('has no more pending on one that was patched', async () => {
    await whileItAsks(DEB, async (digest) => {
      await cycles.site.client.approve(DEB, { by: 'ada', digest });
      expect(await cycles.report(DEB)).toMatchObject({ outcome: 'patched', failures: [] });
    });
    const text = await untilListed((hosts) => pendingOn(hosts, DEB)?.packages === 0);
    expect(text).toMatch(new RegExp(`^${DEB} +patched ${AGO} +0 +0 +${AGO} +asked$`, 'm'));
  });

  it('finds fault with a host of which nothing was heard for a day', async () => {
    const now = Date.now;
    const later = jest.spyOn(Date, 'now').mockImplementation(() => now() + 25 * HOUR_MS);
    try {
      const { stdout } = await cli('hosts', '--findings');
      expect(stdout).toMatch(/^3 hosts, 3 findings$/m);
      expect(stdout).toMatch(new RegExp(`${DEB}: its agent was last heard of 1d 1h ago`));
    } finally {
      later.mockRestore();
    }
  });
});
