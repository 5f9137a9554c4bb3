import type { Config } from '../domain/config.ts';
import type { Budget } from '../domain/group.ts';
import type { NamedPolicy, Policy } from '../domain/policy.ts';
import { budgetsOf } from './budgets.ts';
import { didYouMean } from './did-you-mean.ts';

export type ResolvedPolicy =
  | { ok: true; policy: NamedPolicy; groups: string[]; budgets: Budget[] }
  | { ok: false; message: string; remedy: string };

/** A policy as a cycle carries it. */
export function namedPolicy(name: string, { rollout: _, ...policy }: Policy): NamedPolicy {
  return { name, ...policy };
}

/** What the operator's file says about one host: its policy, complete and named, and its groups. */
export function resolvePolicy(config: Config, host: string): ResolvedPolicy {
  const entry = Object.hasOwn(config.hosts, host) ? config.hosts[host] : undefined;
  if (entry === undefined) {
    const hint = didYouMean(host, Object.keys(config.hosts)) ?? '';
    return {
      ok: false,
      message: `the host "${host}" is not in the configuration${hint}`,
      remedy: `Add it under "hosts:", for example ${host}: { policy: NAME }.`,
    };
  }
  const policy = Object.hasOwn(config.policies, entry.policy)
    ? config.policies[entry.policy]
    : undefined;
  if (policy === undefined) {
    const hint = didYouMean(entry.policy, Object.keys(config.policies)) ?? '';
    return {
      ok: false,
      message: `the host "${host}" has the policy "${entry.policy}", which does not exist${hint}`,
      remedy: 'Write that policy under "policies:", or name another one.',
    };
  }
  return {
    ok: true,
    policy: namedPolicy(entry.policy, policy),
    groups: entry.groups,
    budgets: budgetsOf(config, entry.groups),
  };
}
