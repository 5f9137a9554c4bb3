import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Policy } from '../../src/domain/policy.ts';
import { parseConfig } from '../../src/planning/config.ts';
import { merged, overridden } from '../../src/planning/overrides.ts';
import { resolvePolicy } from '../../src/planning/resolve-policy.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

function fileWith(overrides: string): string {
  return `policies:
  p:
    scope: security
    health: { services: [nginx], tcp: [{ port: 80 }] }
    backup: { keep: 5 }
hosts:
  h-1:
    policy: p
    labels: { env: prod, owner: team-a }
    overrides: ${overrides}
`;
}

function policyOf(overrides: string) {
  const parsed = parseConfig(fileWith(overrides), 'p.yaml', NOW_MS);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const resolved = resolvePolicy(parsed.config, 'h-1');
  if (!resolved.ok) throw new Error(resolved.message);
  return resolved.policy;
}

function errorsOf(overrides: string): string[] {
  const parsed = parseConfig(fileWith(overrides), 'p.yaml', NOW_MS);
  if (parsed.ok) return [];
  return parsed.errors.map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  );
}

describe("a host's overrides", () => {
  it('change the keys that they name, and leave the others of the policy', () => {
    expect(policyOf('{ scope: all, health: { services: [caddy] } }')).toMatchObject({
      name: 'p',
      scope: 'all',
      health: { services: ['caddy'], tcp: [{ port: 80 }] },
      backup: { keep: 5 },
    });
  });

  it('give a key its default back with null', () => {
    expect(policyOf('{ backup: { keep: null } }').backup.keep).toBe(3);
  });

  it('hold as well when another policy is named for the host', () => {
    const text = `${fileWith('{ scope: all }')}  h-2: { policy: q }\n`.replace(
      'policies:\n',
      'policies:\n  q: { scope: security }\n',
    );
    const parsed = parseConfig(text, 'p.yaml', NOW_MS);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(resolvePolicy(parsed.config, 'h-1', 'q')).toMatchObject({
      policy: { name: 'q', scope: 'all' },
    });
  });

  it('that do not go with a policy named beside are refused with what is wrong', () => {
    const zone = 'timeZone: UTC';
    const text = `policies:
  p: { window: { rrule: FREQ=DAILY, start: '02:00', duration: 4h, ${zone} } }
  q: { window: { rrule: FREQ=DAILY, start: '02:00', duration: 4h, ${zone} }, blackouts: [{ from: 2026-12-24 }] }
hosts: { h-1: { policy: p, overrides: { window: null } } }
`;
    const parsed = parseConfig(text, 'p.yaml', NOW_MS);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(resolvePolicy(parsed.config, 'h-1', 'q')).toMatchObject({
      ok: false,
      message: expect.stringMatching(/blackouts\.0 .* whose days are meant/),
    });
  });

  it.each([
    ['{ scop: all }', '10:18 hosts.h-1.overrides.scop: unknown key "scop"; did you mean "scope"?'],
    [
      '{ backup: { keep: 0 } }',
      '10:34 hosts.h-1.overrides.backup.keep: "hosts.h-1.overrides.backup.keep" must be at least 1',
    ],
    [
      '{ window: { start: "02:00" } }',
      '10:18 hosts.h-1.overrides.window.rrule: "rrule" is missing in "hosts.h-1.overrides.window"',
    ],
    [
      '{ blackouts: [{ from: 2026-12-24 }] }',
      '10:30 hosts.h-1.overrides.blackouts.0: it has to say whose days are meant, because the policy has no window: add a "timeZone"',
    ],
    [
      '{ health: [] }',
      '10:26 hosts.h-1.overrides.health: "hosts.h-1.overrides.health" is not a mapping of keys to values',
    ],
  ])('such as %s are checked as a part of the policy', (overrides, error) => {
    expect(errorsOf(overrides)).toContainEqual(error);
  });

  it('cannot reach what every object inherits, and are told so', () => {
    const inherited = JSON.parse('{ "__proto__": { "scope": "all" } }') as object;
    expect(overridden(Policy.parse({}), inherited).success).toBe(false);
    expect(errorsOf('{ "__proto__": { scope: all } }')).toEqual([
      '10:18 : the name "__proto__" cannot be used',
    ]);
  });

  it('without a key leave every policy as it is, and merging twice is merging once', () => {
    const policies = fc.record({
      scope: fc.constantFrom('all', 'security'),
      backup: fc.record({ keep: fc.integer({ min: 1, max: 50 }) }, { requiredKeys: [] }),
      reboot: fc.constantFrom('always', 'never', 'if-required'),
    });
    fc.assert(
      fc.property(policies, fc.object({ maxDepth: 2 }), (written, overrides) => {
        const policy = Policy.parse(written);
        expect(overridden(policy, {}).data).toEqual(policy);
        const once = merged(policy, overrides);
        expect(merged(once, overrides)).toEqual(once);
      }),
    );
  });
});
