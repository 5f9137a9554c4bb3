import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LabHost } from '../../src/lab/host.ts';
import type { PackageSpec } from '../../src/lab/packages.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import { shopConfiguration, shopPackage, SHOP_CONFIGURATION } from '../../src/lab/shop-package.ts';
import { MENDED, toolPackage, type Configuring } from '../../src/lab/tool-package.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { holdLock } from '../packages/conformance/hold-lock.ts';
import { openCycleSite, type CycleSite } from './support/cycle-site.ts';
import { FAMILIES } from './support/family.ts';
import { differences, readTree } from './support/tree.ts';

/** One host with small packages of the lab's own: each test offers one more faulty version, and the host is put back. */
describe.each(FAMILIES)('On a host of $name', (family) => {
  const name = `faults-${family.name}`;
  let cycles: CycleSite;
  let repository: LabRepository;
  let host: LabHost;
  let shopPort: number;

  beforeAll(async () => {
    cycles = await openCycleSite();
    repository = await createRepository({ format: family.format });
    shopPort = await freePort();
    const old = await repository.build(
      toolPackage({ version: '1.0-1', configuration: 'colour = green\n' }),
      shopPackage({ version: '1.0-1' }),
    );
    host = await cycles.site.startHost({
      name,
      unattended: true,
      format: family.format,
      archives: ['main'],
      repositories: [repository.sourcesEntry()],
      packages: old.map(({ file }) => file),
      files: { [SHOP_CONFIGURATION]: shopConfiguration(shopPort) },
    });
    // On every host the tools have been asked before, and made what they keep of their own.
    await cycles.patch(name);
  });
  afterAll(async () => {
    await cycles.stop();
    await repository.close();
  });

  async function offered<T>(spec: PackageSpec, work: () => Promise<T>): Promise<T> {
    await repository.publish(spec);
    try {
      return await work();
    } finally {
      await repository.withdraw(spec.name, spec.version);
      await forgetBad();
    }
  }

  /** The next test offers the same version with another fault, and it has to be planned. */
  async function forgetBad(): Promise<void> {
    const { client } = cycles.site;
    for (const { package: name, version, bad } of await client.knownBad()) {
      const words = { package: name, version, by: 'ada', why: 'the test is over' };
      if (bad) await client.clearKnownBad(words);
    }
  }

  const versionOf = (name: string) => family.versionOf(host, name);
  const tree = () => readTree(host.root, family.databases);

  const shopHealth = () => ({
    services: ['shop'],
    http: [{ url: `http://127.0.0.1:${shopPort}/health` }],
  });

  describe('a bad update', () => {
    it.each([['unhealthy'], ['exits']] as const)(
      'whose service is %s is found, and the host is put back exactly as it was',
      async (fault) => {
        await host.runOrThrow(['curl', '-sf', `http://127.0.0.1:${shopPort}/order`]);
        const before = await tree();

        const report = await offered(shopPackage({ version: '2.0-1', fault }), async () => {
          const running = cycles.patch(name, { health: shopHealth() });
          return running;
        });

        expect(report.outcome).toBe('restored');
        expect(report.restore).toMatchObject({ exact: true, differences: [] });
        expect(differences(before, await tree())).toEqual([]);
        expect(await versionOf('shop')).toBe('1.0-1');
        expect(
          await host.runOrThrow(['curl', '-sf', `http://127.0.0.1:${shopPort}/health`]),
        ).toBeTruthy();
        expect(await host.readFile('/var/lib/shop/orders')).toContain('\n');
      },
    );

    const scripts: [string, Configuring, string][] = [
      ['fails', 'fails', 'PackageJobFailed'],
      ['hangs until the deadline', 'hangs', 'PackageJobTimedOut'],
    ];
    it.each(scripts)('whose maintainer script %s is put back', async (_, configuring, type) => {
      const before = await tree();
      const report = await offered(
        toolPackage({ version: '2.0-1', configuring, configuration: 'colour = green\n' }),
        () =>
          cycles.patch(name, {
            limits: { packageJob: '8s', agentSilent: '5s', agentAnswers: '30s' },
          }),
      );

      expect(report.outcome).toBe('restored');
      expect(report.failures[0]?.type).toBe(type);
      expect(differences(before, await tree())).toEqual([]);
      expect(await versionOf('labtool')).toBe('1.0-1');
      expect(await family.faults(host, ['labtool'])).toBe('');
    });
  });

  describe('a failure that a person mends on the host', () => {
    it('is held, and on retry the interrupted package is configured and the cycle goes on', async () => {
      const report = await offered(
        toolPackage({
          version: '1.0.5-1',
          configuring: 'fails-until-mended',
          configuration: 'colour = green\n',
        }),
        async () => {
          await cycles.start(name, { onFailure: 'hold' });
          const { state } = await cycles.until(name, 'needs-attention');
          expect(state).toMatchObject({ failure: { type: 'PackageJobFailed' } });
          await host.writeFile(MENDED, '');
          await cycles.site.client.resolve(name, { by: 'ada', how: 'retry' });
          return cycles.report(name);
        },
      );
      expect(report.outcome).toBe('patched');
      expect(await versionOf('labtool')).toBe('1.0.5-1');
      expect(await family.faults(host, ['labtool'])).toBe('');
    });
  });

  describe('a maintenance window that closes in mid-change', () => {
    it('keeps the host from rebooting until a person says that it is finished outside', async () => {
      const bootBefore = await host.bootId();
      const report = await offered(
        toolPackage({
          version: '1.0.6-1',
          configuring: { slow: true, seconds: 45 },
          configuration: 'colour = green\n',
        }),
        async () => {
          await cycles.start(name, {
            reboot: 'always',
            window: openFor(35),
            limits: { wholeCycle: '1s', agentSilent: '10s', agentAnswers: '60s' },
          });
          const { state } = await cycles.until(name, 'needs-attention');
          expect(state).toMatchObject({ failure: { type: 'WindowClosed' } });
          expect(await versionOf('labtool')).toBe('1.0.6-1');
          expect(await host.bootId()).toBe(bootBefore);
          await cycles.site.client.resolve(name, { by: 'ada', how: 'retry' });
          return cycles.report(name);
        },
      );
      expect(report).toMatchObject({ outcome: 'patched', reboots: [{ purpose: 'patch' }] });
      expect(await host.bootId()).not.toBe(bootBefore);
    });
  });

  describe('a configuration file that was edited on the host', () => {
    it('is kept without a prompt, and what the package left aside is reported', async () => {
      await host.writeFile('/etc/labtool.conf', 'colour = my own\n');
      const report = await offered(
        toolPackage({ version: '1.1-1', configuration: 'colour = red\n' }),
        () => cycles.patch(name),
      );

      expect(report.outcome).toBe('patched');
      expect(await host.readFile('/etc/labtool.conf')).toBe('colour = my own\n');
      expect(report.leftAside).toEqual([`/etc/labtool.conf${family.asideEndings.keep}`]);
      expect(await versionOf('labtool')).toBe('1.1-1');
    });
  });

  describe('a repository', () => {
    const damages = family.refreshFailures.filter(([damage]) =>
      ['dead', 'expired', 'bad-signature'].includes(damage),
    );
    it.each(damages)(
      'that is %s fails the cycle with %s, and nothing is changed',
      async (damage, type) => {
        await repository.damage(damage);
        try {
          const report = await cycles.patch(name);
          expect(report).toMatchObject({
            outcome: 'failed',
            failures: [expect.objectContaining({ type })],
          });
        } finally {
          await repository.damage('none');
        }
      },
    );
  });

  describe('the lock of another package tool', () => {
    it('is waited for within bounds, its holder is named, and neither is touched', async () => {
      const release = await holdLock(host, family.locks.packages);
      const released = sleep(15_000).then(release);
      const report = await offered(
        toolPackage({ version: '1.2-1', configuration: 'colour = red\n' }),
        () => cycles.patch(name),
      );
      expect(report.outcome).toBe('patched');
      await released;
    });
  });
});

/** A daily window that is open now and closes in so many seconds. */
function openFor(seconds: number) {
  const now = new Date();
  return {
    rrule: 'FREQ=DAILY',
    start: now.toISOString().slice(11, 16),
    duration: `${now.getUTCSeconds() + seconds}s`,
    timeZone: 'UTC',
  };
}
