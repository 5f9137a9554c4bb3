import type { Budget } from '../domain/group.ts';
import type { NamedPolicy, Policy } from '../domain/policy.ts';
import { blackoutProblems, spansOf, type Calendars } from './blackouts.ts';
import { budgetsOf } from './budgets.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Inventory } from './inventory.ts';
import { overridden } from './overrides.ts';

export type ResolvedPolicy =
  | { ok: true; policy: NamedPolicy; groups: string[]; budgets: Budget[] }
  | { ok: false; message: string; remedy: string };

/**
 * What the operator's file says about one host: its policy with the host's overrides, complete and
 * named, and its groups. A policy named by `policyName` is taken instead of the host's own, also
 * for hosts that the file does not have.
 */
export function resolvePolicy(
  inventory: Inventory,
  host: string,
  policyName?: string,
): ResolvedPolicy {
  const { hosts, policies, calendars } = inventory;
  const entry = Object.hasOwn(hosts, host) ? hosts[host] : undefined;
  const name = policyName ?? entry?.policy;
  if (name === undefined) {
    const hint = didYouMean(host, Object.keys(hosts)) ?? '';
    return {
      ok: false,
      message: `the host "${host}" is not in the configuration${hint}`,
      remedy: `Add it under "hosts:", for example ${host}: { policy: NAME }.`,
    };
  }
  const policy = Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (policy === undefined) {
    const hint = didYouMean(name, Object.keys(policies)) ?? '';
    const message =
      policyName === undefined
        ? `the host "${host}" has the policy "${name}", which does not exist${hint}`
        : `there is no policy "${name}"${hint}`;
    const known = Object.keys(policies).slice(0, 20).join(', ') || 'none';
    return {
      ok: false,
      message,
      remedy: `Write it under "policies:", or name another one. Known policies: ${known}.`,
    };
  }
  const own = overridden(policy, entry?.overrides ?? {});
  if (!own.success) {
    return {
      ok: false,
      message: `the overrides of "${host}" do not go with the policy "${name}": ${own.error.issues[0]?.message}`,
      remedy: 'Correct the overrides under "hosts:", or name another policy.',
    };
  }
  const [problem] = blackoutProblems(own.data, calendars);
  if (problem !== undefined) {
    return {
      ok: false,
      message: `blackouts.${problem.index} of the policy "${name}" with the overrides of "${host}": ${problem.message}`,
      remedy: 'Correct the overrides under "hosts:", or name another policy.',
    };
  }
  const groups = entry?.groups ?? [];
  return {
    ok: true,
    policy: namedPolicy(name, own.data, calendars),
    groups,
    budgets: budgetsOf(inventory, groups),
  };
}

/** A policy as a cycle carries it. */
function namedPolicy(name: string, policy: Policy, calendars: Calendars): NamedPolicy {
  const { blackouts: _, review: __, rollout: ___, schedule: ____, ...rest } = policy;
  const spans = spansOf(policy, calendars);
  return { name, ...rest, ...(spans.length === 0 ? {} : { blackouts: spans }) };
}
