import type { Config } from '../domain/config.ts';
import type { Labels } from '../domain/labels.ts';
import { hasLabels } from './waves.ts';

/** Which hosts of the file are meant; what is left out leaves out nobody. */
export type Selection = {
  hosts?: readonly string[];
  /** In one of these groups at least. */
  groups?: readonly string[];
  policies?: readonly string[];
  /** With all of these labels. */
  labels?: Labels;
};

/** The names of the hosts that are meant, in the order of the file. */
export function selectHosts({ hosts }: Config, selection: Selection): string[] {
  const { groups, policies, labels = {} } = selection;
  return Object.entries(hosts)
    .filter(
      ([name, host]) =>
        (selection.hosts?.includes(name) ?? true) &&
        (groups === undefined || host.groups.some((group) => groups.includes(group))) &&
        (policies?.includes(host.policy) ?? true) &&
        hasLabels(host.labels, labels),
    )
    .map(([name]) => name);
}
