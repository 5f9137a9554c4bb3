import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandResult } from '../../../src/host/tools.ts';
import { startLabHost, type LabHost } from '../../../src/lab/host.ts';
import { freePort } from '../../../src/temporal/server/free-port.ts';
import { prepareLab } from '../../../src/lab/prepare.ts';
import { createRepository, type LabRepository } from '../../../src/lab/repository.ts';
import type { PackageSpec } from '../../../src/lab/packages.ts';
import {
  SECRET_CANARY,
  SHOP_CONFIGURATION,
  shopConfiguration,
  shopPackage,
  type ShopFault,
} from '../../../src/lab/shop-package.ts';
import { bulkPackages, toolPackage } from '../../../src/lab/tool-package.ts';

let repository: LabRepository;
let host: LabHost;
let port: number;
beforeAll(async () => {
  await prepareLab(() => undefined);
  repository = await createRepository();
  port = await freePort();
  const packages = await repository.publish(
    shopPackage({ version: '1.0' }),
    toolPackage({ version: '1.0', configuration: 'colour = red\n' }),
    toolPackage({ name: 'labextra', version: '1.0' }),
  );
  host = await startLabHost({
    name: 'shop-1',
    archives: [],
    repositories: [repository.sourcesEntry()],
    packages: packages.map(({ file }) => file),
    files: { [SHOP_CONFIGURATION]: shopConfiguration(port) },
  });
});
afterAll(async () => {
  await host?.destroy();
  await repository?.close();
});

let minor = 0;
/** Publishes the next version of a package and tries to install it; the one before stays in the repository. */
async function upgradeTo(
  make: (version: string) => PackageSpec,
  timeoutMs = 60_000,
): Promise<CommandResult> {
  const spec = make(`2.${++minor}`);
  await repository.publish(spec);
  await host.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);
  return host.run(
    ['apt-get', '-q', '-y', '-o', 'Dpkg::Use-Pty=0', 'install', `${spec.name}=${spec.version}`],
    {
      timeoutMs,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    },
  );
}

async function shopHealth(): Promise<string> {
  // The service may just be starting; one more try after a second is enough.
  const result = await host.run([
    ...(['curl', '--silent', '--include', '--max-time', '5'] as const),
    ...['--retry', '1', '--retry-connrefused', '--retry-delay', '1'],
    `http://127.0.0.1:${port}/health`,
  ]);
  return result.stdout.split('\r\n')[0] ?? '';
}

async function stateOf(name: string): Promise<string> {
  return host.runOrThrow(['dpkg-query', '-W', '-f', '${db:Status-Abbrev}${Version}', name]);
}

describe('The shop of the lab', () => {
  it('is a healthy service at first, at the port of its edited configuration file', async () => {
    expect(await host.waitForBoot()).toBe('running');
    expect(await shopHealth()).toBe('HTTP/1.1 200 OK');
    expect(await host.runOrThrow(['dpkg', '--audit'])).toBe('');
  });

  it.each<[ShopFault, string]>([
    ['unhealthy', 'HTTP/1.1 500 Internal Server Error'],
    ['exits', ''],
    ['none', 'HTTP/1.1 200 OK'],
  ])(
    'installs without complaint with the fault "%s", and then answers: %s',
    async (fault, answer) => {
      const result = await upgradeTo((version) => shopPackage({ version, fault }));
      expect(result.exitCode).toBe(0);
      expect(await stateOf('shop')).toBe(`ii 2.${minor}`);
      expect(await shopHealth()).toBe(answer);
      const failed = await host.runOrThrow(['systemctl', '--failed', '--plain', '--no-legend']);
      expect(failed.includes('shop.service')).toBe(fault === 'exits');
    },
  );

  it('answers slowly with the fault "slow"', async () => {
    expect((await upgradeTo((version) => shopPackage({ version, fault: 'slow' }))).exitCode).toBe(
      0,
    );
    const result = await host.run([
      'curl',
      '--silent',
      '--max-time',
      '0.5',
      '--retry',
      '0',
      `http://127.0.0.1:${port}/health`,
    ]);
    expect(result.exitCode).not.toBe(0);
    expect(await shopHealth()).toBe('HTTP/1.1 200 OK');
  });

  it('works with the fault "noisy", and writes new kinds of error with a secret in them', async () => {
    expect((await upgradeTo((version) => shopPackage({ version, fault: 'noisy' }))).exitCode).toBe(
      0,
    );
    expect(await shopHealth()).toBe('HTTP/1.1 200 OK');
    const errors = await host.runOrThrow([
      'journalctl',
      '--unit=shop',
      '--priority=err',
      '--no-pager',
    ]);
    expect(errors).toContain(`login failed, password=${SECRET_CANARY}`);
    expect((await upgradeTo((version) => shopPackage({ version }))).exitCode).toBe(0);
  });

  it("keeps users' data outside of what the package owns", async () => {
    await host.runOrThrow(['curl', '--silent', '--fail', `http://127.0.0.1:${port}/order`]);
    expect(await host.readFile('/var/lib/shop/orders')).toMatch(/^\d+\n$/);
    expect((await host.run(['dpkg', '-S', '/var/lib/shop/orders'])).exitCode).toBe(1);
  });
});

describe('The faulty versions of the tool', () => {
  it('fail when they are configured', async () => {
    const result = await upgradeTo((version) =>
      toolPackage({ version, configuring: 'fails', configuration: 'colour = red\n' }),
    );
    expect(result.exitCode).toBe(100);
    expect(result.stderr).toContain('labtool: the index cannot be rebuilt');
    expect(await stateOf('labtool')).toBe(`iF 2.${minor}`);
    await upgradeTo((version) => toolPackage({ version, configuration: 'colour = red\n' }));
    expect(await stateOf('labtool')).toBe(`ii 2.${minor}`);
  });

  it('ask about a configuration file that was edited on the host', async () => {
    await host.writeFile('/etc/labtool.conf', 'colour = green\n');
    const result = await upgradeTo((version) =>
      toolPackage({ version, configuration: 'colour = blue\n' }),
    );
    expect(result.exitCode).toBe(100);
    expect(result.stderr).toContain('end of file on stdin at conffile prompt');
    expect(await stateOf('labtool')).toBe(`iU 2.${minor}`);
    await host.runOrThrow(['dpkg', '--force-confold', '--configure', '-a']);
    expect(await host.readFile('/etc/labtool.conf')).toBe('colour = green\n');
    expect(await host.readFile('/etc/labtool.conf.dpkg-dist')).toBe('colour = blue\n');
  });

  it('remove another package, or bring in a new one', async () => {
    const simulate = async (...names: string[]) =>
      host.runOrThrow(['apt-get', '-s', '-y', ...names]);
    await repository.publish(
      toolPackage({
        version: '3.0',
        obsoletes: ['labextra'],
        configuration: 'colour = blue\n',
      }),
    );
    await host.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);
    expect(await simulate('dist-upgrade')).toMatch(/^Remv labextra /m);
    expect(await simulate('--with-new-pkgs', 'upgrade')).not.toMatch(/^(Remv|Inst) /m);

    await repository.withdraw('labtool', '3.0');
    await repository.publish(
      toolPackage({ name: 'labnew', version: '1.0' }),
      toolPackage({
        version: '3.1',
        requires: ['labnew'],
        configuration: 'colour = blue\n',
      }),
    );
    await host.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);
    expect(await simulate('--with-new-pkgs', 'upgrade')).toMatch(/^Inst labnew \(1\.0 /m);
  });

  it('ask for a reboot', async () => {
    await upgradeTo((version) =>
      toolPackage({ name: 'labextra', version, configuring: 'asks-for-reboot' }),
    );
    expect(await host.runOrThrow(['cat', '/run/reboot-required.pkgs'])).toBe('labextra\n');
  });

  it('hang until what hangs is ended', async () => {
    const upgrade = upgradeTo((version) =>
      toolPackage({ name: 'labextra', version, configuring: 'hangs' }),
    );
    let hanging = '';
    for (let attempt = 0; attempt < 100 && hanging === ''; attempt++) {
      hanging = (await host.run(['pgrep', '--full', '--exact', 'sleep infinity'])).stdout.trim();
    }
    expect(hanging).toMatch(/^\d+$/);
    await host.runOrThrow(['kill', '--', hanging]);
    expect((await upgrade).exitCode).toBe(100);
    expect(await stateOf('labextra')).toBe(`iF 2.${minor}`);
    await upgradeTo((version) =>
      toolPackage({ name: 'labextra', version, configuring: { slow: true, seconds: 1 } }),
    );
    expect(await stateOf('labextra')).toBe(`ii 2.${minor}`);
  });
});

describe('The bulk packages', () => {
  it('install in their order, each with its files', async () => {
    await repository.publish(...bulkPackages({ count: 5, filesEach: 20, version: '1.0' }));
    await host.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);
    await host.runOrThrow(['apt-get', '-q', '-y', 'install', 'lab-bulk-004']);
    expect(await stateOf('lab-bulk-000')).toBe('ii 1.0');
    expect(await host.runOrThrow(['dpkg', '--verify', 'lab-bulk-003'])).toBe('');
    expect(await host.readFile('/usr/share/lab-bulk-003/19.txt')).toContain(
      'lab-bulk-003 1.0 file 19\n',
    );
  });
});
