import type { Config } from '../domain/config.ts';
import type { Budget } from '../domain/group.ts';
import { countOf } from './amount.ts';

/** The budgets of these groups, by name. A group without a budget is left out. */
export function budgetsOf(config: Config, groups: readonly string[]): Budget[] {
  return [...new Set(groups)].sort().flatMap((group) => {
    const slots = slotsOf(config, group);
    return slots === null ? [] : [{ group, slots }];
  });
}

/** How many hosts of the group may be disrupted at once; null when nobody has set a limit. */
function slotsOf({ groups, hosts }: Config, name: string): number | null {
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (group?.exclusive) return 1;
  if (group?.budget === undefined) return null;
  const size = Object.values(hosts).filter((host) => host.groups.includes(name)).length;
  return countOf(group.budget, size, 'down');
}
