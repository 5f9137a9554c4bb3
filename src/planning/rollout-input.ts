import type { Config } from '../domain/config.ts';
import type { Budget } from '../domain/group.ts';
import type { NamedPolicy } from '../domain/policy.ts';
import { ROLLOUT_HOSTS_MAX, type RolloutHost, type RolloutInput } from '../domain/rollout.ts';
import type { RolloutRules } from '../domain/rollout-rules.ts';
import { canonicalJson } from './canonical.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Inventory } from './inventory.ts';
import { resolvePolicy } from './resolve-policy.ts';
import { planWaves } from './waves.ts';

export type RolloutRequest = {
  /** Hosts of the file, by name. */
  hosts: readonly string[];
  /** The policy whose `rollout` counts; needed where the hosts' own say different things. */
  rulesOf?: string;
  requestedBy: string;
  reason?: string;
};

export type PlannedRollout =
  { ok: true; input: RolloutInput } | { ok: false; message: string; remedy: string };

/** The whole rollout beforehand: which host in which wave, with which policy and budgets. */
export function rolloutInput(config: Inventory, request: RolloutRequest): PlannedRollout {
  const hosts = [...new Set(request.hosts)];
  if (hosts.length === 0) {
    return refuse(
      'no host is meant',
      'Name hosts, a group, a policy or a label that some host has.',
    );
  }
  if (hosts.length > ROLLOUT_HOSTS_MAX) {
    const remedy = `Make several of it: a rollout has ${ROLLOUT_HOSTS_MAX} hosts at most.`;
    return refuse(`${hosts.length} hosts are meant`, remedy);
  }
  const policies: NamedPolicy[] = [];
  const places = new Map<string, number>();
  const budgets = new Map<string, Budget>();
  const kinds = new Map<string, Omit<RolloutHost, 'host'>>();
  const candidates = [];
  for (const host of hosts) {
    // A fleet has ten thousand hosts of a few kinds, and to resolve one takes milliseconds.
    const kind = kindOf(config, host);
    let known = kinds.get(kind);
    if (known === undefined) {
      const resolved = resolvePolicy(config, host);
      if (!resolved.ok) return resolved;
      const text = canonicalJson(resolved.policy);
      if (!places.has(text)) places.set(text, policies.push(resolved.policy) - 1);
      for (const budget of resolved.budgets) budgets.set(budget.group, budget);
      known = { policy: places.get(text) ?? 0, groups: resolved.groups };
      kinds.set(kind, known);
    }
    candidates.push({ host, ...known, labels: config.hosts[host]?.labels ?? {} });
  }
  const found = findRules(config, hosts, request.rulesOf);
  if (!found.ok) return found;
  const { soak, halt, approval, atOnce } = found.rules;
  const { requestedBy, reason } = request;
  const waves = planWaves(candidates, found.rules).map((wave) => wave.map(withoutLabels));
  return {
    ok: true,
    input: {
      requestedBy,
      ...(reason === undefined ? {} : { reason }),
      policies,
      budgets: [...budgets.values()],
      waves,
      ...{ soak, halt, approval, atOnce },
    },
  };
}

/** Everything on which a host's policy, groups and budgets depend; its name where the file does not have it. */
function kindOf({ hosts }: Inventory, host: string): string {
  const entry = Object.hasOwn(hosts, host) ? hosts[host] : undefined;
  if (entry === undefined) return host;
  const { policy, groups, overrides } = entry;
  return canonicalJson({ policy, groups, overrides });
}

function withoutLabels({ host, policy, groups }: RolloutHost): RolloutHost {
  return { host, policy, groups };
}

type FoundRules =
  { ok: true; rules: RolloutRules } | { ok: false; message: string; remedy: string };

/** The rules that the hosts' policies agree about, or those of the policy that was named. */
function findRules(config: Config, hosts: readonly string[], named?: string): FoundRules {
  if (named !== undefined) {
    const policy = Object.hasOwn(config.policies, named) ? config.policies[named] : undefined;
    if (policy !== undefined) return { ok: true, rules: policy.rollout };
    const known = Object.keys(config.policies);
    return refuse(
      `there is no policy "${named}"${didYouMean(named, known) ?? ''}`,
      `Known policies: ${known.slice(0, 20).join(', ') || 'none'}.`,
    );
  }
  const names = [...new Set(hosts.flatMap((host) => config.hosts[host]?.policy ?? []))];
  const all = names.flatMap((name) => config.policies[name]?.rollout ?? []);
  const [rules] = all;
  if (rules !== undefined && new Set(all.map(canonicalJson)).size === 1) return { ok: true, rules };
  return refuse(
    `the policies of these hosts (${names.slice(0, 20).join(', ')}) are rolled out differently`,
    'Say whose rules count with --rules POLICY, or roll out each policy by itself.',
  );
}

function refuse(message: string, remedy: string): { ok: false; message: string; remedy: string } {
  return { ok: false, message, remedy };
}
