import type { Labels } from '../domain/labels.ts';
import type { RolloutRules } from '../domain/rollout-rules.ts';
import { countOf } from './amount.ts';

/** What a wave rule looks at. */
export type Candidate = { host: string; labels: Labels };

/**
 * The hosts in waves: every rule takes its part of the hosts that are left, shares counted of all
 * of them, and one more wave takes the rest. Every host is in exactly one wave; a rule for which
 * nothing is left makes none.
 */
export function planWaves<Host extends Candidate>(
  hosts: readonly Host[],
  { waves: rules, order }: Pick<RolloutRules, 'waves' | 'order'>,
): Host[][] {
  let left = order === 'name' ? hosts.toSorted(byName) : [...hosts];
  const waves = rules.map((rule) => {
    const taken =
      typeof rule === 'object'
        ? left.filter(({ labels }) => hasLabels(labels, rule.label))
        : left.slice(0, countOf(rule, hosts.length, 'up'));
    const isTaken = new Set(taken);
    left = left.filter((host) => !isTaken.has(host));
    return taken;
  });
  return [...waves, left].filter((wave) => wave.length > 0);
}

export function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(labels, name) && labels[name] === value,
  );
}

function byName(one: Candidate, other: Candidate): number {
  return one.host < other.host ? -1 : 1;
}
