import type { HostEntry } from '../../domain/config.ts';
import { Policy } from '../../domain/policy.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { Inventory } from '../inventory.ts';
import { merged, OF_ALL_HOSTS, overridden } from '../overrides.ts';
import { explainIssues } from '../yaml-issues.ts';
import { timeProblems } from './policies.ts';
import type { Problem } from './problem.ts';
import type { Written } from './sound-part.ts';

/** Hosts whose policy does not exist, or does not fit their overrides. */
export function hostProblems(
  { hosts, policies, calendars }: Inventory,
  written: Written,
  nowMs: number,
): Problem[] {
  return Object.entries(hosts).flatMap(([host, entry]) => {
    if (!written.policies.includes(entry.policy)) {
      return [unknownPolicy(host, entry, written.policies)];
    }
    const policy = policies[entry.policy];
    // What is wrong with a policy is told where it is written.
    if (policy === undefined) return [];
    return overrideProblems(policy, entry.overrides, calendars, nowMs, [
      'hosts',
      host,
      'overrides',
    ]);
  });
}

function unknownPolicy(host: string, { policy }: HostEntry, known: string[]): Problem {
  return {
    path: ['hosts', host, 'policy'],
    what: 'value',
    message: `there is no policy "${policy}"${didYouMean(policy, known) ?? ''}`,
    remedy:
      known.length === 0
        ? 'Write the policy under "policies:".'
        : `Name one of ${known.slice(0, 20).join(', ')}, or write "${policy}" under "policies:".`,
  };
}

function overrideProblems(
  policy: Policy,
  overrides: object,
  calendars: Inventory['calendars'],
  nowMs: number,
  path: string[],
): Problem[] {
  if (Object.keys(overrides).length === 0) return [];
  const shared = OF_ALL_HOSTS.filter((key) => Object.hasOwn(overrides, key));
  if (shared.length > 0) {
    return shared.map((key) => ({
      path: [...path, key],
      what: 'key',
      message: `the "${key}" of a policy is for all of its hosts`,
      remedy: 'Take it out, or give the host another policy.',
    }));
  }
  const parsed = overridden(policy, overrides);
  if (!parsed.success) {
    return explainIssues(parsed.error, merged(policy, overrides), Policy, path);
  }
  // Looking for openings takes milliseconds, and a fleet has thousands of hosts.
  const ofTimes = ['window', 'blackouts', 'limits'].some((key) => Object.hasOwn(overrides, key));
  return ofTimes ? timeProblems(parsed.data, calendars, nowMs, path) : [];
}
