import type { Config } from '../domain/config.ts';
import { REVIEWED_HOSTS_MAX, type ReviewedHost, type ReviewInput } from '../domain/review.ts';
import { canonicalJson } from './canonical.ts';
import { overridden } from './overrides.ts';

/** Labels by which a host is critical: one of this name, or any with this value. */
const CRITICAL = 'critical';

/**
 * The file as far as it is reviewed. Only for a file that was checked; hosts beyond the bound are
 * left out, and the caller says so.
 */
export function reviewInput(config: Config, requestedBy: string): ReviewInput {
  const names = Object.keys(config.policies);
  const ignores = new Map(names.map((name) => [name, new Set<string>()]));
  for (const [name, policy] of Object.entries(config.policies)) {
    for (const pattern of policy.logs.ignore) ignores.get(name)?.add(pattern);
  }
  const kinds = new Map<string, Pick<ReviewedHost, 'unattended' | 'keep'>>();
  const hosts = Object.entries(config.hosts)
    .slice(0, REVIEWED_HOSTS_MAX)
    .map(([host, entry]) => {
      const kind = canonicalJson([entry.policy, entry.overrides]);
      const known = kinds.get(kind) ?? kindOf(config, entry, ignores);
      kinds.set(kind, known);
      const { labels } = entry;
      const critical = Object.hasOwn(labels, CRITICAL)
        ? labels[CRITICAL] !== 'no' && labels[CRITICAL] !== 'false'
        : Object.values(labels).includes(CRITICAL);
      return { host, policy: names.indexOf(entry.policy), critical, ...known };
    });
  const policies = Object.entries(config.policies).map(([name, { review }]) => ({
    name,
    rules: review,
    ignores: [...(ignores.get(name) ?? [])],
  }));
  return { requestedBy, policies, hosts };
}

/** Hosts with the same policy and overrides are alike, and a fleet has few kinds. */
function kindOf(
  { policies }: Config,
  { policy, overrides }: Config['hosts'][string],
  ignores: ReadonlyMap<string, Set<string>>,
): Pick<ReviewedHost, 'unattended' | 'keep'> {
  const base = policies[policy];
  const own = base === undefined ? null : overridden(base, overrides);
  if (!own?.success) throw new Error(`The policy ${policy} with its overrides was not refused`);
  for (const pattern of own.data.logs.ignore) ignores.get(policy)?.add(pattern);
  return { unattended: !own.data.approval.required, keep: own.data.backup.keep };
}
