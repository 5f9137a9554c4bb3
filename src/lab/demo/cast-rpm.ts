import { NamedPolicy } from '../../domain/policy.ts';
import { freePort } from '../../temporal/server/free-port.ts';
import { libraryPackage } from '../library-package.ts';
import type { PackageSpec } from '../packages.ts';
import type { LabRepository } from '../repository.ts';
import { kernelPackage } from '../rpm/kernel-package.ts';
import { SHOP_CONFIGURATION, shopConfiguration, shopPackage } from '../shop-package.ts';
import { toolPackage } from '../tool-package.ts';
import { SOAK, type Role } from './role.ts';

/** What is on the host from the start. */
const OLD: readonly PackageSpec[] = [
  libraryPackage({ name: 'glibc', version: '2.34-100' }),
  kernelPackage({ version: '5.14.0-427' }),
  shopPackage({ version: '1.0-1' }),
  toolPackage({ version: '1.0-1' }),
];

/** What the repository offers: advisories for all but the tool, which security updates leave alone. */
const NEW: readonly PackageSpec[] = [
  libraryPackage({
    name: 'glibc',
    version: '2.34-101',
    advisory: { id: 'LABSA-2026:0101', severity: 'Critical', cves: ['CVE-2026-0101'] },
  }),
  kernelPackage({
    version: '5.14.0-428',
    advisory: {
      id: 'LABSA-2026:0102',
      severity: 'Important',
      cves: ['CVE-2026-0102', 'CVE-2026-0103'],
    },
  }),
  shopPackage({
    version: '1.1-1',
    advisory: { id: 'LABSA-2026:0104', severity: 'Moderate', cves: ['CVE-2026-0104'] },
  }),
  toolPackage({ version: '1.1-1', advisory: { id: 'LABBA-2026:0105', type: 'bugfix' } }),
];

/** The host of the Red Hat family. The repository gets its packages. */
export async function castRpmHost(repository: LabRepository): Promise<Role> {
  const port = await freePort();
  const old = await repository.build(...OLD);
  await repository.publish(...NEW);
  return {
    options: {
      name: 'rpm-1',
      format: 'rpm',
      unattended: true,
      repositories: [repository.sourcesEntry()],
      packages: old.map(({ file }) => file),
      files: { [SHOP_CONFIGURATION]: shopConfiguration(port) },
    },
    policy: NamedPolicy.parse({
      name: 'rpm',
      scope: 'security',
      approval: { required: false },
      health: { services: ['shop'], http: [{ url: `http://127.0.0.1:${port}/health` }] },
      logs: { soak: SOAK },
    }),
    groups: ['shop'],
    expected: 'patched',
    story: 'a host of the Red Hat family: advisories, a new kernel, a reboot',
  };
}
