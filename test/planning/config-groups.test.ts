import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/planning/config.ts';

/** `line:column path: message` of each error. */
function errorsOf(text: string): string[] {
  const parsed = parseConfig(text, 'hosts.yaml', Date.parse('2026-11-24T12:00:00Z'));
  if (parsed.ok) return [];
  return parsed.errors.map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  );
}

const HEAD = `policies: { p: {} }
groups: { web: { budget: 2 }, pair-a: { exclusive: true }, pair-b: { exclusive: true } }
hosts:
`;

describe('groups in the file', () => {
  it('are words to choose hosts by where none is described', () => {
    expect(
      errorsOf('policies: { p: {} }\nhosts: { a: { policy: p }, b: { policy: p, groups: [x] } }\n'),
    ).toEqual([]);
  });

  it('are known to each host, once one is described', () => {
    expect(errorsOf(`${HEAD}  a: { policy: p, groups: [weg] }\n`)).toEqual([
      '4:28 hosts.a.groups.0: there is no group "weg"; did you mean "web"?',
    ]);
  });

  it('have every host in one of them at least, because no budget holds for others', () => {
    expect(errorsOf(`${HEAD}  a: { policy: p }\n`)).toEqual([
      '4:3 hosts.a: the host "a" is in no group, so no budget holds for it',
    ]);
  });

  it('have no host in two exclusive ones', () => {
    expect(errorsOf(`${HEAD}  a: { policy: p, groups: [web, pair-a, pair-b] }\n`)).toEqual([
      '4:27 hosts.a.groups: the host "a" is in 2 exclusive groups: pair-a, pair-b',
    ]);
  });
});

describe('the errors of a file', () => {
  it('are all told at once: names, duplicates, schema, and what only shows together', () => {
    const text = `policies:
  p: { scope: secure }
  q: { window: { rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', start: '02:00', duration: 4h, timeZone: UTC } }
groups: { web: {}, pair-a: { exclusive: true }, pair-b: { exclusive: true } }
hosts:
  web-1: { policy: p, groups: [web] }
  web-1: { policy: q, groups: [pair-a, pair-b] }
  'a;reboot': { policy: q, groups: [web] }
  web-3: { policy: r, groups: [wed] }
  web-4: { policy: q }
`;
    expect(errorsOf(text)).toEqual([
      expect.stringMatching(/^2:15 policies\.p\.scope: .* none of all, security/),
      expect.stringMatching(/^3:16 policies\.q\.window: the window never opens/),
      expect.stringMatching(/^7:3 : Map keys must be unique/),
      expect.stringMatching(/^7:31 hosts\.web-1\.groups: .*2 exclusive groups/),
      expect.stringMatching(/^8:3 hosts\.a;reboot: the name "a;reboot" cannot be used/),
      expect.stringMatching(/^9:20 hosts\.web-3\.policy: there is no policy "r"/),
      expect.stringMatching(/^9:32 hosts\.web-3\.groups\.0: there is no group "wed"/),
      expect.stringMatching(/^10:3 hosts\.web-4: the host "web-4" is in no group/),
    ]);
  });

  it('of what is written wrongly are not told once more where it is named', () => {
    const text = `calendars: { h: { fil: x } }
policies: { p: { scope: x, blackouts: [] }, q: { blackouts: [{ calendar: h, timeZone: UTC }] } }
groups: { g: { budget: none } }
hosts: { a: { policy: p, groups: [g], overrides: { scope: all } } }
`;
    expect(errorsOf(text).map((line) => line.split(' ')[1])).toEqual([
      'calendars.h.file:',
      'calendars.h.fil:',
      'policies.p.scope:',
      'groups.g.budget:',
    ]);
  });
});
