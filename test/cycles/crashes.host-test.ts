import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LabHost } from '../../src/lab/host.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import { toolPackage } from '../../src/lab/tool-package.ts';
import { openCycleSite, type CycleSite } from './support/cycle-site.ts';

/** Everything that can die dies here in the middle of a cycle: agent, server, worker, host. */
let cycles: CycleSite;
let repository: LabRepository;
let host: LabHost;
let version = 1;

beforeAll(async () => {
  cycles = await openCycleSite();
  repository = await createRepository();
  const old = await repository.build(toolPackage({ version: '1' }));
  host = await cycles.site.startHost({
    name: 'crash-1',
    unattended: true,
    archives: ['main'],
    repositories: [repository.sourcesEntry()],
    packages: old.map(({ file }) => file),
  });
});
afterAll(async () => {
  await cycles.stop();
  await repository.close();
});
beforeEach(() => {
  version += 1;
});

async function publish(
  configuring: Parameters<typeof toolPackage>[0]['configuring'],
): Promise<void> {
  await repository.publish(
    toolPackage({ version: String(version), ...(configuring ? { configuring } : {}) }),
  );
}

async function installedVersion(): Promise<string> {
  return host.runOrThrow(['dpkg-query', '-W', '-f', '${db:Status-Abbrev}${Version}', 'labtool']);
}

/** How often dpkg was asked to configure this version: more than once would be a second run. */
async function configuredTimes(): Promise<number> {
  const log = await host.readFile('/var/log/dpkg.log');
  return log.split('\n').filter((line) => line.includes(` configure labtool:all ${version} `))
    .length;
}

describe('a cycle goes on to the same end', () => {
  it('when the agent is killed in mid-upgrade: the new one finds the running job, and there is never a second', async () => {
    await publish({ slow: true, seconds: 6 });
    await cycles.start('crash-1');
    await cycles.untilStep('crash-1', 'upgrade');
    await sleep(2_000);
    await host.runOrThrow(['systemctl', 'kill', '--signal=KILL', 'patchcycle-agent.service']);

    expect((await cycles.report('crash-1')).outcome).toBe('patched');
    expect(await installedVersion()).toBe(`ii ${version}`);
    expect(await configuredTimes()).toBe(1);
  });

  it('when the Temporal server is killed and started again', async () => {
    await publish({ slow: true, seconds: 3 });
    await cycles.start('crash-1');
    await cycles.untilStep('crash-1', 'upgrade');
    await cycles.site.crashServer();

    expect((await cycles.report('crash-1')).outcome).toBe('patched');
    expect(await installedVersion()).toBe(`ii ${version}`);
    expect(await configuredTimes()).toBe(1);
  });

  it('when the central worker is killed and another is started', async () => {
    await publish({ slow: true, seconds: 3 });
    await cycles.start('crash-1');
    await cycles.untilStep('crash-1', 'upgrade');
    await cycles.site.crashWorker();

    expect((await cycles.report('crash-1')).outcome).toBe('patched');
    expect(await configuredTimes()).toBe(1);
  });

  it('when the power of the host is cut in mid-upgrade and it boots again', async () => {
    await publish({ slow: true, seconds: 4 });
    await cycles.start('crash-1');
    await cycles.untilStep('crash-1', 'upgrade');
    await sleep(2_000);
    await host.powerCut();
    await host.start();

    const report = await cycles.report('crash-1');
    expect(['patched', 'restored']).toContain(report.outcome);
    expect(await installedVersion()).toBe(
      `ii ${report.outcome === 'patched' ? version : version - 1}`,
    );
    expect(await host.runOrThrow(['dpkg', '--audit'])).toBe('');
  });
});

describe('a host that does not come back from its reboot', () => {
  it('needs attention, and is patched when it is up again and somebody says retry', async () => {
    await publish('asks-for-reboot');
    host.stopReboots();
    await cycles.start('crash-1', {
      limits: { reboot: '10s', agentAnswers: '5s', agentSilent: '5s' },
    });
    const { state } = await cycles.until('crash-1', 'needs-attention');
    expect(state).toMatchObject({ failure: { type: 'HostUnreachable' } });

    host.followReboots();
    await host.start();
    await cycles.site.waitForAgent('crash-1');
    await cycles.site.client.resolve('crash-1', { by: 'tester', how: 'retry' });
    const report = await cycles.report('crash-1');
    expect(report.outcome).toBe('patched');
    expect(await installedVersion()).toBe(`ii ${version}`);
  });
});

describe('a cycle that needs attention', () => {
  it.each([
    ['restore', 'restored'],
    ['accept', 'accepted-as-is'],
  ] as const)('is resolved with %s and ends %s', async (how, outcome) => {
    const before = await installedVersion();
    await publish('fails');
    await cycles.start('crash-1', { onFailure: 'hold' });
    await cycles.until('crash-1', 'needs-attention');
    await cycles.site.client.resolve('crash-1', { by: 'tester', how });

    expect((await cycles.report('crash-1')).outcome).toBe(outcome);
    if (how === 'restore') expect(await installedVersion()).toBe(before);
    await repository.withdraw('labtool', String(version));
  });
});

describe('a second cycle for a host that has one', () => {
  it('is refused with the name of the first', async () => {
    await publish('fine');
    await cycles.start('crash-1', { approval: { required: true } });
    await expect(cycles.start('crash-1')).rejects.toThrow(/crash-1/);
    await cycles.site.client.abort('crash-1', { by: 'tester' });
    expect((await cycles.report('crash-1')).outcome).toBe('aborted');
  });
});
