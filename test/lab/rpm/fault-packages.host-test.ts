import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandResult } from '../../../src/host/tools.ts';
import { startLabHost, type LabHost } from '../../../src/lab/host.ts';
import type { PackageSpec } from '../../../src/lab/packages.ts';
import { prepareLab } from '../../../src/lab/prepare.ts';
import { createRepository, type LabRepository } from '../../../src/lab/repository.ts';
import { kernelImage, kernelPackage } from '../../../src/lab/rpm/kernel-package.ts';
import {
  SHOP_CONFIGURATION,
  shopConfiguration,
  shopPackage,
  type ShopFault,
} from '../../../src/lab/shop-package.ts';
import { bulkPackages, toolPackage, type ToolOptions } from '../../../src/lab/tool-package.ts';
import { freePort } from '../../../src/temporal/server/free-port.ts';

let repository: LabRepository;
let host: LabHost;
let port: number;
beforeAll(async () => {
  await prepareLab(() => undefined);
  repository = await createRepository({ format: 'rpm' });
  port = await freePort();
  const packages = await repository.publish(
    shopPackage({ version: '1.0-1' }),
    tool({ version: '1.0-1' }),
    toolPackage({ name: 'labextra', version: '1.0-1' }),
    kernelPackage({ version: '5.14.0-1' }),
  );
  host = await startLabHost({
    name: 'shop-1',
    format: 'rpm',
    repositories: [repository.sourcesEntry()],
    packages: packages.map(({ file }) => file),
    files: { [SHOP_CONFIGURATION]: shopConfiguration(port) },
  });
});
afterAll(async () => {
  await host?.destroy();
  await repository?.close();
});

function tool(options: ToolOptions, configuration = 'colour = red\n'): PackageSpec {
  return toolPackage({ configuration, ...options });
}

let minor = 0;
/** Publishes the next version of a package and updates to it; the one before stays in the repository. */
async function upgradeTo(make: (version: string) => PackageSpec): Promise<CommandResult> {
  const spec = make(`2.${++minor}-1`);
  await repository.publish(spec);
  return host.run(['dnf', '-y', '--refresh', 'upgrade', '--', spec.name], { timeoutMs: 60_000 });
}

async function installed(...names: string[]): Promise<string[]> {
  const format = '%{NAME} %{VERSION}\n';
  const { stdout } = await host.run(['rpm', '-q', '--queryformat', format, '--', ...names]);
  return stdout.trim().split('\n');
}

async function shopHealth(): Promise<string> {
  const result = await host.run([
    ...(['curl', '--silent', '--include', '--max-time', '5'] as const),
    ...['--retry', '1', '--retry-connrefused', '--retry-delay', '1'],
    `http://127.0.0.1:${port}/health`,
  ]);
  return result.stdout.split('\r\n')[0] ?? '';
}

describe('The shop of the lab as an .rpm', () => {
  it('is a healthy service at first, at the port of its edited configuration file', async () => {
    expect(await host.waitForBoot()).toBe('running');
    expect(await shopHealth()).toBe('HTTP/1.1 200 OK');
  });

  it.each<[ShopFault, string]>([
    ['unhealthy', 'HTTP/1.1 500 Internal Server Error'],
    ['exits', ''],
    // Only a running service is started again by the family's scriptlets.
  ])(
    'updates without complaint with the fault "%s", and then answers: %s',
    async (fault, answer) => {
      const result = await upgradeTo((version) => shopPackage({ version, fault }));
      expect(result.exitCode).toBe(0);
      expect(await installed('shop')).toEqual([`shop 2.${minor}`]);
      expect(await shopHealth()).toBe(answer);
      const failed = await host.runOrThrow(['systemctl', '--failed', '--plain', '--no-legend']);
      expect(failed.includes('shop.service')).toBe(fault === 'exits');
    },
  );
});

describe('The faulty versions of the tool as an .rpm', () => {
  it('are installed although their last script fails, with a warning', async () => {
    const result = await upgradeTo((version) => tool({ version, configuring: 'fails' }));
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain('labtool: the index cannot be rebuilt');
    expect(result.stdout).toContain('scriptlet failed, exit status 1');
    expect(await installed('labtool')).toEqual([`labtool 2.${minor}`]);
  });

  it('are not installed when their first script fails', async () => {
    const before = await installed('labtool');
    const result = await upgradeTo((version) => tool({ version, configuring: 'refuses' }));
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('labtool: this host is not wanted');
    expect(await installed('labtool')).toEqual(before);
    await repository.withdraw('labtool', `2.${minor}-1`);
  });

  it('put a new configuration file beside one that was edited', async () => {
    await host.writeFile('/etc/labtool.conf', 'colour = green\n');
    await upgradeTo((version) => tool({ version }, 'colour = blue\n'));
    expect(await host.readFile('/etc/labtool.conf')).toBe('colour = green\n');
    expect(await host.readFile('/etc/labtool.conf.rpmnew')).toBe('colour = blue\n');
  });

  it('or take its place and put the edited one aside', async () => {
    await upgradeTo((version) => ({
      ...tool({ version }),
      files: {
        '/etc/labtool.conf': {
          content: 'colour = black\n',
          isConfiguration: true,
          replacesEdited: true,
        },
      },
    }));
    expect(await host.readFile('/etc/labtool.conf')).toBe('colour = black\n');
    expect(await host.readFile('/etc/labtool.conf.rpmsave')).toBe('colour = green\n');
  });

  it('ask for a reboot', async () => {
    const hint = () => host.run(['dnf', '-q', '--cacheonly', 'needs-restarting', '-r']);
    expect(await hint()).toMatchObject({ exitCode: 0 });
    await upgradeTo((version) =>
      toolPackage({ name: 'labextra', version, configuring: 'asks-for-reboot' }),
    );
    expect(await hint()).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('* labextra\n'),
    });
  });

  it('take the place of another package', async () => {
    await upgradeTo((version) => tool({ version, obsoletes: ['labextra'] }));
    expect(await installed('labextra')).toEqual(['package labextra is not installed']);
    expect(await installed('labtool')).toEqual([`labtool 2.${minor}`]);
  });

  it('change their architecture', async () => {
    await upgradeTo((version) => tool({ version, architecture: 'machine' }));
    expect(await host.runOrThrow(['rpm', '-q', 'labtool'])).not.toContain('noarch');
  });
});

describe('The kernel of the lab', () => {
  it('is installed beside the one before and becomes the default, which can be set back', async () => {
    await repository.publish(kernelPackage({ version: '5.14.0-2' }));
    await host.runOrThrow(['dnf', '-y', '--refresh', 'upgrade', 'kernel-core']);
    expect(
      await host.runOrThrow(['rpm', '-q', '--queryformat', '%{RELEASE}\n', 'kernel-core']),
    ).toBe('1\n2\n');
    const image = async () => (await host.runOrThrow(['grubby', '--default-kernel'])).trim();
    expect(await image()).toBe(kernelImage('5.14.0-2'));
    await host.runOrThrow(['grubby', `--set-default=${kernelImage('5.14.0-1')}`]);
    expect(await image()).toBe(kernelImage('5.14.0-1'));
    expect((await host.readFile('/boot/grub2/grubenv')).length).toBe(1024);
  });

  it('leaves nothing behind when it is removed', async () => {
    await host.runOrThrow(['rpm', '--erase', 'kernel-core-5.14.0-2']);
    expect(await host.runOrThrow(['ls', '/boot'])).not.toContain('5.14.0-2');
    expect(await host.runOrThrow(['ls', '/boot/loader/entries'])).not.toContain('5.14.0-2');
  });
});

describe('The bulk packages as .rpms', () => {
  it('install in their order, each with its files', async () => {
    await repository.publish(...bulkPackages({ count: 5, filesEach: 20, version: '1.0-1' }));
    await host.runOrThrow(['dnf', '-q', '-y', '--refresh', 'install', 'lab-bulk-004']);
    expect(await installed('lab-bulk-000')).toEqual(['lab-bulk-000 1.0']);
    expect(await host.runOrThrow(['rpm', '-V', 'lab-bulk-003'])).toBe('');
    expect(await host.readFile('/usr/share/lab-bulk-003/19.txt')).toContain(
      'lab-bulk-003 1.0-1 file 19\n',
    );
  });
});
