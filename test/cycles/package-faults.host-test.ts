import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LabHost } from '../../src/lab/host.ts';
import type { PackageSpec } from '../../src/lab/packages.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import { shopConfiguration, shopPackage, SHOP_CONFIGURATION } from '../../src/lab/shop-package.ts';
import { MENDED, toolPackage, type Configuring } from '../../src/lab/tool-package.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { openCycleSite, type CycleSite } from './support/cycle-site.ts';
import { differences, readTree } from './support/tree.ts';

/** One host with small packages of the lab's own: each test offers one more faulty version, and the host is put back. */
let cycles: CycleSite;
let repository: LabRepository;
let host: LabHost;
let shopPort: number;

beforeAll(async () => {
  cycles = await openCycleSite();
  repository = await createRepository();
  shopPort = await freePort();
  const old = await repository.build(
    toolPackage({ version: '1.0', configuration: 'colour = green\n' }),
    shopPackage({ version: '1.0' }),
  );
  host = await cycles.site.startHost({
    name: 'faults-1',
    unattended: true,
    archives: ['main'],
    repositories: [repository.sourcesEntry()],
    packages: old.map(({ file }) => file),
    files: { [SHOP_CONFIGURATION]: shopConfiguration(shopPort) },
  });
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

async function versionOf(name: string): Promise<string> {
  return host.runOrThrow(['dpkg-query', '-W', '-f', '${db:Status-Abbrev}${Version}', name]);
}

const shopHealth = () => ({
  services: ['shop'],
  http: [{ url: `http://127.0.0.1:${shopPort}/health` }],
});

describe('a bad update', () => {
  it.each([['unhealthy'], ['exits']] as const)(
    'whose service is %s is found, and the host is put back exactly as it was',
    async (fault) => {
      await host.runOrThrow(['curl', '-sf', `http://127.0.0.1:${shopPort}/order`]);
      const before = await readTree(host.root);

      const report = await offered(shopPackage({ version: '2.0', fault }), async () => {
        const running = cycles.patch('faults-1', { health: shopHealth() });
        return running;
      });

      expect(report.outcome).toBe('restored');
      expect(report.restore).toMatchObject({ exact: true, differences: [] });
      expect(differences(before, await readTree(host.root))).toEqual([]);
      expect(await versionOf('shop')).toBe('ii 1.0');
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
    const before = await readTree(host.root);
    const report = await offered(
      toolPackage({ version: '2.0', configuring, configuration: 'colour = green\n' }),
      () =>
        cycles.patch('faults-1', {
          limits: { packageJob: '8s', agentSilent: '5s', agentAnswers: '30s' },
        }),
    );

    expect(report.outcome).toBe('restored');
    expect(report.failures[0]?.type).toBe(type);
    expect(differences(before, await readTree(host.root))).toEqual([]);
    expect(await versionOf('labtool')).toBe('ii 1.0');
    expect(await host.runOrThrow(['dpkg', '--audit'])).toBe('');
  });
});

describe('a failure that a person mends on the host', () => {
  it('is held, and on retry the interrupted package is configured and the cycle goes on', async () => {
    const report = await offered(
      toolPackage({
        version: '1.0.5',
        configuring: 'fails-until-mended',
        configuration: 'colour = green\n',
      }),
      async () => {
        await cycles.start('faults-1', { onFailure: 'hold' });
        const { state } = await cycles.until('faults-1', 'needs-attention');
        expect(state).toMatchObject({ failure: { type: 'PackageJobFailed' } });
        expect(await versionOf('labtool')).toMatch(/^iF/);
        await host.writeFile(MENDED, '');
        await cycles.site.client.resolve('faults-1', { by: 'ada', how: 'retry' });
        return cycles.report('faults-1');
      },
    );
    expect(report.outcome).toBe('patched');
    expect(await versionOf('labtool')).toBe('ii 1.0.5');
    expect(await host.runOrThrow(['dpkg', '--audit'])).toBe('');
  });
});

describe('a maintenance window that closes in mid-change', () => {
  it('keeps the host from rebooting until a person says that it is finished outside', async () => {
    const bootBefore = await host.bootId();
    const report = await offered(
      toolPackage({
        version: '1.0.6',
        configuring: { slow: true, seconds: 45 },
        configuration: 'colour = green\n',
      }),
      async () => {
        await cycles.start('faults-1', {
          reboot: 'always',
          window: openFor(35),
          limits: { wholeCycle: '1s', agentSilent: '10s', agentAnswers: '60s' },
        });
        const { state } = await cycles.until('faults-1', 'needs-attention');
        expect(state).toMatchObject({ failure: { type: 'WindowClosed' } });
        expect(await versionOf('labtool')).toBe('ii 1.0.6');
        expect(await host.bootId()).toBe(bootBefore);
        await cycles.site.client.resolve('faults-1', { by: 'ada', how: 'retry' });
        return cycles.report('faults-1');
      },
    );
    expect(report).toMatchObject({ outcome: 'patched', reboots: [{ purpose: 'patch' }] });
    expect(await host.bootId()).not.toBe(bootBefore);
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

describe('a configuration file that was edited on the host', () => {
  it('is kept without a prompt, and what the package left aside is reported', async () => {
    await host.writeFile('/etc/labtool.conf', 'colour = my own\n');
    const report = await offered(
      toolPackage({ version: '1.1', configuration: 'colour = red\n' }),
      () => cycles.patch('faults-1'),
    );

    expect(report.outcome).toBe('patched');
    expect(await host.readFile('/etc/labtool.conf')).toBe('colour = my own\n');
    expect(report.leftAside).toEqual(['/etc/labtool.conf.dpkg-dist']);
    expect(await versionOf('labtool')).toBe('ii 1.1');
  });
});

describe('a repository', () => {
  const damages = [
    ['dead', 'MirrorUnreachable'],
    ['expired', 'ReleaseExpired'],
    ['bad-signature', 'SignatureInvalid'],
  ] as const;
  it.each(damages)(
    'that is %s fails the cycle with %s, and nothing is changed',
    async (damage, type) => {
      await repository.damage(damage);
      try {
        const report = await cycles.patch('faults-1');
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
    const holder = host.run(['perl', '-e', LOCK_AND_SLEEP], { timeoutMs: 120_000 });
    const report = await offered(
      toolPackage({ version: '1.2', configuration: 'colour = red\n' }),
      () => cycles.patch('faults-1'),
    );
    expect(report.outcome).toBe('patched');
    expect((await holder).exitCode).toBe(0);
  });
});

/** Holds dpkg's own lock, as another run of dpkg would, for fifteen seconds. */
const LOCK_AND_SLEEP = `
use Fcntl;
open(my $lock, '+>>', '/var/lib/dpkg/lock-frontend') or die $!;
my $whole = pack('s s x4 q q l', F_WRLCK, 0, 0, 0, 0);
fcntl($lock, F_SETLK, $whole) or die $!;
sleep 15;
`;
