import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LabHost } from '../../src/lab/host.ts';
import { libraryPackage } from '../../src/lab/library-package.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import { kernelImage, kernelPackage } from '../../src/lab/rpm/kernel-package.ts';
import { shopConfiguration, shopPackage, SHOP_CONFIGURATION } from '../../src/lab/shop-package.ts';
import { toolPackage } from '../../src/lab/tool-package.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { dnfFamily } from '../packages/conformance/dnf-family.ts';
import { openCycleSite, stepStatus, type CycleSite } from './support/cycle-site.ts';
import { differences, readTree } from './support/tree.ts';

const NAME = 'advised-1';
const OLD_KERNEL = '5.14.0-1';
const NEW_KERNEL = '5.14.0-2';
const notice = (number: number) => ({
  id: `LABSA-2026:${number}`,
  cves: [`CVE-2026-${number}`],
});

/** A host whose security updates are told by advisories, and whose kernels lie beside each other. */
let cycles: CycleSite;
let repository: LabRepository;
let host: LabHost;
let health: Record<string, unknown>;

beforeAll(async () => {
  cycles = await openCycleSite();
  repository = await createRepository({ format: 'rpm' });
  const port = await freePort();
  health = { services: ['shop'], http: [{ url: `http://127.0.0.1:${port}/health` }] };
  const old = await repository.build(
    libraryPackage({ name: 'glibc', version: '2.34-1' }),
    kernelPackage({ version: OLD_KERNEL }),
    shopPackage({ version: '1.0-1' }),
    toolPackage({ version: '1.0-1' }),
  );
  await repository.publish(
    libraryPackage({ name: 'glibc', version: '2.34-2', advisory: notice(1001) }),
    kernelPackage({ version: NEW_KERNEL, advisory: notice(1002) }),
    toolPackage({ version: '1.1-1', advisory: { id: 'LABBA-2026:1003', type: 'bugfix' } }),
  );
  host = await cycles.site.startHost({
    name: NAME,
    format: 'rpm',
    unattended: true,
    repositories: [repository.sourcesEntry()],
    packages: old.map(({ file }) => file),
    files: { [SHOP_CONFIGURATION]: shopConfiguration(port) },
  });
});
afterAll(async () => {
  await cycles.stop();
  await repository.close();
});

const tree = () => readTree(host.root, dnfFamily.databases);
const versionOf = (name: string) => dnfFamily.versionOf(host, name);
const defaultKernel = async () => (await host.runOrThrow(['grubby', '--default-kernel'])).trim();

describe('a host whose updates have advisories', () => {
  it('is put back with its old kernel as the default, when one of the updates is bad', async () => {
    // So the tools have made what they keep of their own.
    await host.runOrThrow(['dnf', '-q', '-y', 'makecache']);
    await host.runOrThrow(['dnf', '-q', '-C', 'history', 'list']);
    await repository.publish(
      shopPackage({ version: '1.1-1', fault: 'unhealthy', advisory: notice(1004) }),
    );
    const before = await tree();

    const report = await cycles.patch(NAME, { scope: 'security', health });

    expect(report.outcome).toBe('restored');
    expect(report.restore).toMatchObject({ exact: true, differences: [] });
    expect(differences(before, await tree())).toEqual([]);
    expect(await versionOf('kernel-core')).toBe(OLD_KERNEL);
    expect(await defaultKernel()).toBe(kernelImage(OLD_KERNEL));
    expect(await dnfFamily.faults(host, ['shop', 'glibc', 'kernel-core'])).toBe('');
    await repository.withdraw('shop', '1.1-1');
  });

  it('of scope security gets what advisories of that type name and nothing else, and boots once', async () => {
    const bootBefore = await host.bootId();
    const report = await cycles.patch(NAME, { scope: 'security', health });

    expect(report).toMatchObject({ outcome: 'patched', failures: [] });
    expect(stepStatus(report, 'upgrade')).toBe('skipped');
    expect(
      report.plan?.rows.map(({ name, newVersion, advisory, cves }) => [
        name,
        newVersion,
        advisory,
        cves,
      ]),
    ).toEqual([
      ['glibc', '2.34-2', 'LABSA-2026:1001', ['CVE-2026-1001']],
      ['kernel-core', NEW_KERNEL, 'LABSA-2026:1002', ['CVE-2026-1002']],
    ]);
    expect(report.reboots).toHaveLength(1);
    expect(await host.bootId()).not.toBe(bootBefore);
    expect(await versionOf('glibc')).toBe('2.34-2');
    expect(await versionOf('kernel-core')).toBe(`${OLD_KERNEL} and ${NEW_KERNEL}`);
    expect(await defaultKernel()).toBe(kernelImage(NEW_KERNEL));
    expect(await versionOf('labtool')).toBe('1.0-1');
    expect((await cycles.patch(NAME, { scope: 'security' })).outcome).toBe('up-to-date');
  });

  it('of scope all gets the others too, and its updaters are on again', async () => {
    expect(await cycles.patch(NAME, { health })).toMatchObject({
      outcome: 'patched',
      failures: [],
    });
    expect(await versionOf('labtool')).toBe('1.1-1');
    expect(await host.runOrThrow(['systemctl', 'is-active', ...dnfFamily.updaters])).toBe(
      dnfFamily.updaters.map(() => 'active\n').join(''),
    );
    expect((await cycles.patch(NAME)).outcome).toBe('up-to-date');
  });
});
