import { stringify } from 'yaml';
import { SOAK } from '../role.ts';
import { PAIR, type FleetHost } from './cast.ts';

/** The fleet as a team would write it down: a canary, a wave of three with the pair among them, the rest. */
export function fleetInventory(fleet: readonly FleetHost[]): string {
  const isOfPair = (name: string) => PAIR.some((one) => one === name);
  const hosts = fleet.map(({ options: { name } }) => [
    name,
    { policy: 'shops', groups: isOfPair(name) ? ['shops', 'pair'] : ['shops'] },
  ]);
  return stringify({
    policies: {
      shops: {
        scope: 'security',
        approval: { required: false },
        health: { services: ['shop'] },
        logs: { soak: SOAK },
        rollout: { waves: [1, 3], soak: SOAK, halt: 1 },
      },
    },
    groups: { shops: { budget: 2 }, pair: { exclusive: true } },
    hosts: Object.fromEntries(hosts) as object,
  });
}
