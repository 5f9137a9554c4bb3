import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LabHost } from '../../src/lab/host.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import { toolPackage } from '../../src/lab/tool-package.ts';
import { timesConfigured } from '../packages/conformance/lab.ts';
import { openCycleSite, type CycleSite } from './support/cycle-site.ts';
import { FAMILIES } from './support/family.ts';

/** Everything that can die dies here in the middle of a cycle: agent, server, worker, host. */
describe.each(FAMILIES)('On a host of $name', (family) => {
  const name = `crash-${family.name}`;
  let cycles: CycleSite;
  let repository: LabRepository;
  let host: LabHost;
  let version = 1;

  beforeAll(async () => {
    cycles = await openCycleSite();
    repository = await createRepository({ format: family.format });
    const old = await repository.build(toolPackage({ version: '1-1' }));
    host = await cycles.site.startHost({
      name,
      unattended: true,
      format: family.format,
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
      toolPackage({ version: `${version}-1`, ...(configuring ? { configuring } : {}) }),
    );
  }

  const installedVersion = () => family.versionOf(host, 'labtool');

  /** More than once would be a second run. */
  const configuredTimes = () => timesConfigured(host, 'labtool', `${version}-1`);

  describe('a cycle goes on to the same end', () => {
    it('when the agent is killed in mid-upgrade: the new one finds the running job, and there is never a second', async () => {
      await publish({ slow: true, seconds: 6 });
      await cycles.start(name);
      await cycles.untilStep(name, 'upgrade');
      await sleep(2_000);
      await host.runOrThrow(['systemctl', 'kill', '--signal=KILL', 'patchcycle-agent.service']);

      expect((await cycles.report(name)).outcome).toBe('patched');
      expect(await installedVersion()).toBe(`${version}-1`);
      expect(await configuredTimes()).toBe(1);
    });

    it('when the Temporal server is killed and started again', async () => {
      await publish({ slow: true, seconds: 3 });
      await cycles.start(name);
      await cycles.untilStep(name, 'upgrade');
      await cycles.site.crashServer();

      expect((await cycles.report(name)).outcome).toBe('patched');
      expect(await installedVersion()).toBe(`${version}-1`);
      expect(await configuredTimes()).toBe(1);
    });

    it('when the central worker is killed and another is started', async () => {
      await publish({ slow: true, seconds: 3 });
      await cycles.start(name);
      await cycles.untilStep(name, 'upgrade');
      await cycles.site.crashWorker();

      expect((await cycles.report(name)).outcome).toBe('patched');
      expect(await configuredTimes()).toBe(1);
    });

    it('when the power of the host is cut in mid-upgrade and it boots again', async () => {
      await publish({ slow: true, seconds: 4 });
      await cycles.start(name);
      await cycles.untilStep(name, 'upgrade');
      await sleep(2_000);
      await host.powerCut();
      await host.start();

      const report = await cycles.report(name);
      expect(['patched', 'restored']).toContain(report.outcome);
      expect(await installedVersion()).toBe(
        `${report.outcome === 'patched' ? version : version - 1}-1`,
      );
      expect(await family.faults(host, ['labtool'])).toBe('');
    });
  });

  describe('a host that does not come back from its reboot', () => {
    it('needs attention, and is patched when it is up again and somebody says retry', async () => {
      await publish('asks-for-reboot');
      host.stopReboots();
      await cycles.start(name, {
        limits: { reboot: '10s', agentAnswers: '5s', agentSilent: '5s' },
      });
      const { state } = await cycles.until(name, 'needs-attention');
      expect(state).toMatchObject({ failure: { type: 'HostUnreachable' } });

      host.followReboots();
      await host.start();
      await cycles.site.waitForAgent(name);
      await cycles.site.client.resolve(name, { by: 'tester', how: 'retry' });
      const report = await cycles.report(name);
      expect(report.outcome).toBe('patched');
      expect(await installedVersion()).toBe(`${version}-1`);
    });
  });

  describe('a cycle that needs attention', () => {
    it.each([
      ['restore', 'restored'],
      ['accept', 'accepted-as-is'],
    ] as const)('is resolved with %s and ends %s', async (how, outcome) => {
      const before = await installedVersion();
      await publish('fails');
      await cycles.start(name, { onFailure: 'hold' });
      await cycles.until(name, 'needs-attention');
      await cycles.site.client.resolve(name, { by: 'tester', how });

      expect((await cycles.report(name)).outcome).toBe(outcome);
      if (how === 'restore') expect(await installedVersion()).toBe(before);
      await repository.withdraw('labtool', `${version}-1`);
    });
  });

  describe('a second cycle for a host that has one', () => {
    it('is refused with the name of the first', async () => {
      await publish('fine');
      await cycles.start(name, { approval: { required: true } });
      await expect(cycles.start(name)).rejects.toThrow(new RegExp(name));
      await cycles.site.client.abort(name, { by: 'tester' });
      expect((await cycles.report(name)).outcome).toBe('aborted');
    });
  });
});
