import { freePort } from '../../../temporal/server/free-port.ts';
import type { PackageSpec } from '../../packages.ts';
import type { LabRepository } from '../../repository.ts';
import { SHOP_CONFIGURATION, shopConfiguration, shopPackage } from '../../shop-package.ts';
import type { SiteHostOptions } from '../../site.ts';
import { toolPackage } from '../../tool-package.ts';
import type { Repositories } from '../stage.ts';

/** The update that breaks every host which gets it. */
export const BAD = { package: 'shop', version: '2.0-1' } as const;

/** What comes out while the shop's vendor still looks for the fault. */
export const GOOD = { package: 'labtool', version: '1.1-1' } as const;

/** A host of the fleet, as far as the stage has to know it. */
export type FleetHost = { options: SiteHostOptions };

/** In the order of the inventory: the first is the canary. */
const NAMES = ['shop-1', 'shop-2', 'shop-3', 'shop-4', 'shop-5', 'rpm-1'] as const;

/** The two nodes of a pair, of which one has to serve at any time. */
export const PAIR = ['shop-2', 'shop-3'] as const;

/** Six hosts with the same two packages, one of the Red Hat family. Both repositories get the bad update. */
export async function castFleet(repositories: Repositories): Promise<FleetHost[]> {
  const packages = {
    deb: await installedFrom(repositories.deb),
    rpm: await installedFrom(repositories.rpm),
  };
  await publishBoth(
    repositories,
    shopPackage({
      version: BAD.version,
      fault: 'exits',
      changes: ['A new catalogue.'],
      advisory: { id: 'LABSA-2026:0201', severity: 'Important', cves: ['CVE-2026-0201'] },
    }),
  );
  const fleet: FleetHost[] = [];
  for (const name of NAMES) {
    const format = name.startsWith('rpm') ? 'rpm' : 'deb';
    fleet.push({
      options: {
        name,
        unattended: true,
        ...(format === 'rpm' ? { format } : { archives: ['main'] }),
        repositories: [repositories[format].sourcesEntry()],
        packages: packages[format],
        files: { [SHOP_CONFIGURATION]: shopConfiguration(await freePort()) },
      },
    });
  }
  return fleet;
}

/** The second update, which is good. */
export function publishGood(repositories: Repositories): Promise<void> {
  return publishBoth(
    repositories,
    toolPackage({
      version: GOOD.version,
      advisory: { id: 'LABSA-2026:0202', severity: 'Moderate', cves: ['CVE-2026-0202'] },
    }),
  );
}

/** Builds what is on a host from the start; answers the files. */
async function installedFrom(repository: LabRepository): Promise<string[]> {
  const built = await repository.build(
    shopPackage({ version: '1.0-1' }),
    toolPackage({ version: '1.0-1' }),
  );
  return built.map(({ file }) => file);
}

async function publishBoth({ deb, rpm }: Repositories, update: PackageSpec): Promise<void> {
  await deb.publish(update);
  await rpm.publish(update);
}
