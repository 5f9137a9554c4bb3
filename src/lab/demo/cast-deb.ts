import { NamedPolicy } from '../../domain/policy.ts';
import { freePort } from '../../temporal/server/free-port.ts';
import type { LabRepository } from '../repository.ts';
import { SHOP_CONFIGURATION, shopConfiguration, shopPackage } from '../shop-package.ts';
import { SOAK, type Role } from './role.ts';

/** The three Debian hosts. The repository gets the shop's good version built and its bad one published. */
export async function castDebHosts(repository: LabRepository): Promise<Role[]> {
  const [webPort, dbPort, shopPort] = [await freePort(), await freePort(), await freePort()];
  const [shop] = await repository.build(shopPackage({ version: '1.0' }));
  if (shop === undefined) throw new Error('The shop was not built');
  await repository.publish(
    shopPackage({ version: '2.0', fault: 'exits', changes: ['A new catalogue.'] }),
  );
  return [
    {
      options: { name: 'web-1', httpPort: webPort, unattended: true },
      policy: NamedPolicy.parse({
        name: 'ordinary',
        scope: 'security',
        approval: { required: false },
        health: { services: ['nginx'], http: [{ url: `http://127.0.0.1:${webPort}/health` }] },
        logs: { soak: SOAK },
      }),
      groups: ['web'],
      expected: 'patched',
      story: 'an ordinary web server: security updates, nobody is asked',
    },
    {
      options: { name: 'db-1', httpPort: dbPort, unattended: false },
      policy: NamedPolicy.parse({
        name: 'critical',
        scope: 'all',
        approval: { required: true, expires: '1h' },
        window: openWindow(new Date()),
        health: { services: ['nginx'], http: [{ url: `http://127.0.0.1:${dbPort}/health` }] },
        logs: { soak: SOAK },
        backup: { keep: 3, paths: ['/srv'] },
      }),
      groups: ['db'],
      expected: 'patched',
      story: 'a critical host: all updates, in its window, when you approve the plan',
    },
    {
      options: {
        name: 'shop-1',
        unattended: true,
        archives: ['main'],
        repositories: [repository.sourcesEntry()],
        packages: [shop.file],
        files: { [SHOP_CONFIGURATION]: shopConfiguration(shopPort) },
      },
      policy: NamedPolicy.parse({
        name: 'shop',
        scope: 'security',
        approval: { required: false },
        health: { services: ['shop'], http: [{ url: `http://127.0.0.1:${shopPort}/health` }] },
        logs: { soak: SOAK },
      }),
      groups: ['shop'],
      expected: 'restored',
      story: 'a shop whose update is bad: found out, put back, proven identical',
    },
  ];
}

/** A daily window that opened an hour ago and is open for three more, whatever the time is. */
function openWindow(now: Date) {
  const hour = new Date(now.getTime() - 3_600_000).getUTCHours();
  const start = `${String(hour).padStart(2, '0')}:00`;
  return { rrule: 'FREQ=DAILY', start, duration: '5h', timeZone: 'UTC' };
}
