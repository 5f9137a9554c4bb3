import type { z } from 'zod';
import { Policy } from '../domain/policy.ts';

/** What a policy says of its hosts together, so that none of them can have it different. */
export const OF_ALL_HOSTS = ['review', 'rollout', 'schedule'] as const;

/**
 * A host's policy: that of its name, with what the host has different. Mappings are merged key by
 * key, every other value takes the place of the policy's, and `null` takes the key away, so that
 * its default holds.
 */
export function overridden(policy: Policy, overrides: object): z.ZodSafeParseResult<Policy> {
  return Policy.safeParse(merged(policy, overrides));
}

export function merged(base: object, overrides: object): object {
  const entries = new Map<string, unknown>(Object.entries(base));
  for (const [key, value] of Object.entries(overrides)) {
    const before = entries.get(key);
    if (value === null) entries.delete(key);
    else if (isMapping(value)) entries.set(key, merged(isMapping(before) ? before : {}, value));
    else entries.set(key, value);
  }
  return Object.fromEntries(entries);
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
