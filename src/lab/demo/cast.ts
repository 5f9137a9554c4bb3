import { castDebHosts } from './cast-deb.ts';
import { castRpmHost } from './cast-rpm.ts';
import type { Role } from './role.ts';
import type { Repositories } from './stage.ts';

/** The four hosts of the demonstration. */
export async function castHosts({ deb, rpm }: Repositories): Promise<Role[]> {
  return [...(await castDebHosts(deb)), await castRpmHost(rpm)];
}
