import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { parseConfig } from '../../src/planning/config.ts';
import { resolvePolicy } from '../../src/planning/resolve-policy.ts';
import { locateIssues } from '../../src/planning/yaml-issues.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

/** The example of the documentation, whole. */
const GOOD = `
policies:
  critical:
    scope: all                      # or security
    approval: { required: true, expires: 72h }
    window: { rrule: "FREQ=WEEKLY;BYDAY=SA", start: "02:00", duration: 4h, timeZone: Europe/Berlin }
    reboot: if-required
    health:
      services: [nginx]
      http: [{ url: "http://127.0.0.1/health", status: 200, within: 500ms }]
      tcp: [{ port: 5432 }]
    logs: { soak: 2m, ignore: ["^some known noise"] }
    backup: { keep: 3, paths: [/srv/shop/config] }
    onFailure: restore              # or hold
  ordinary:
    scope: security
    approval: { required: false }
hosts:
  web-1: { policy: ordinary, groups: [web] }
  db-1:  { policy: critical, groups: [db] }
`;

/** `line:column path: message` of each error, which is how the command line shows them. */
function errorsOf(text: string): string[] {
  const parsed = parseConfig(text, 'hosts.yaml', NOW_MS);
  return parsed.ok
    ? []
    : parsed.errors.map(
        ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
      );
}

describe('a configuration file', () => {
  it('gives policies with every default filled in, and hosts', () => {
    const parsed = parseConfig(GOOD, 'hosts.yaml', NOW_MS);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(parsed.config.policies['ordinary']).toMatchObject({
      scope: 'security',
      approval: { required: false, expires: '72h' },
      reboot: 'if-required',
      backup: { keep: 3 },
    });
    expect(parsed.config.hosts).toEqual({
      'web-1': { policy: 'ordinary', groups: ['web'], labels: {}, overrides: {} },
      'db-1': { policy: 'critical', groups: ['db'], labels: {}, overrides: {} },
    });
  });

  it('is one document: what stands in a second one would be left out', () => {
    expect(
      errorsOf('policies: { p: { scope: security } }\n---\nhosts: { web-1: { policy: p } }\n'),
    ).toEqual([expect.stringMatching(/^2:\d+ : a second document begins here/)]);
    expect(errorsOf('---\npolicies: { p: { scope: security } }\n')).toEqual([]);
  });

  it('is refused with one sentence when it is nested beyond measure', () => {
    expect(errorsOf('['.repeat(20_000))).toEqual([expect.stringMatching(/nested too deeply$/)]);
  });

  it('may be empty', () => {
    expect(parseConfig('', 'hosts.yaml', NOW_MS)).toEqual({
      ok: true,
      config: { policies: {}, groups: {}, calendars: {}, hosts: {}, review: {} },
    });
  });

  it.each([
    [
      'schedule: { rrule: FREQ=WEEKLY;INTERVAL=2;BYDAY=MO, start: "02:00", timeZone: UTC }',
      /INTERVAL/,
    ],
    ['schedule: { rrule: FREQ=DAILY, start: "02:00", timeZone: Mars/Base }', /time zone/],
    ['schedule: { rrule: FREQ=DAILY, start: "02:00" }', /"timeZone" is missing/],
  ])('tells that the review of the fleet cannot be scheduled so: %s', (schedule, why) => {
    const [error, ...others] = errorsOf(`review: { ${schedule} }\n`);
    expect(others).toEqual([]);
    expect(error).toMatch(/^1:\d+ review\.schedule/);
    expect(error).toMatch(why);
  });

  it('tells an unknown key with its place and the known one that it resembles', () => {
    expect(errorsOf('policies:\n  web:\n    reboots: never\n')).toEqual([
      '3:5 policies.web.reboots: unknown key "reboots"; did you mean "reboot"?',
    ]);
  });

  it('knows the keys that lie inside of defaults, lists and optional parts', () => {
    const text = [
      'policies:',
      '  web:',
      '    window: { rule: x }',
      '    health: { http: [{ url: "http://a/", statuss: 200 }] }',
    ].join('\n');
    expect(errorsOf(text)).toEqual(
      expect.arrayContaining([
        '3:15 policies.web.window.rule: unknown key "rule"; did you mean "rrule"?',
        '4:42 policies.web.health.http.0.statuss: unknown key "statuss"; did you mean "status"?',
      ]),
    );
  });

  it('tells all errors at once, in the order of the file', () => {
    const text = `
policies:
  Critical: {}
  web:
    scope: secure
    approval: yes please
    backup: { keep: 0, paths: [srv/shop] }
    health: { services: [nginx.service], http: [{ url: nonsense }], tcp: [{}] }
    logs: { soak: 2 minutes, ignore: ["("] }
hosts:
  web-1: { policy: webb }
  web_2: { policy: web }
`;
    expect(errorsOf(text)).toEqual([
      '3:3 policies.Critical: the name "Critical" cannot be used: a name has 1 to 64 lower-case letters, digits, and inner dots, hyphens or underscores',
      '5:12 policies.web.scope: "policies.web.scope" is none of all, security; did you mean "security"?',
      '6:15 policies.web.approval: "policies.web.approval" is not a mapping of keys to values',
      '7:21 policies.web.backup.keep: "policies.web.backup.keep" must be at least 1',
      '7:32 policies.web.backup.paths.0: "policies.web.backup.paths.0": a path begins with one slash',
      '8:26 policies.web.health.services.0: "policies.web.health.services.0": leave out the ".service" ending',
      '8:56 policies.web.health.http.0.url: "policies.web.health.http.0.url": not a URL; one reads http://127.0.0.1/health',
      '8:75 policies.web.health.tcp.0.port: "port" is missing in "policies.web.health.tcp.0"',
      '9:19 policies.web.logs.soak: "policies.web.logs.soak": a duration is a whole number and a unit: 500ms, 30s, 2m, 72h or 14d',
      '9:39 policies.web.logs.ignore.0: "policies.web.logs.ignore.0": not a regular expression',
      '11:20 hosts.web-1.policy: there is no policy "webb"; did you mean "web"?',
      '12:3 hosts.web_2: the name "web_2" cannot be used: a host name has lower-case letters, digits, inner hyphens and dots only, for example web-1 or db-1.example.org',
    ]);
  });

  it('tells every error with something to do about it', () => {
    const parsed = parseConfig(
      'policies:\n  web: { reboots: 1, scope: 2, window: {} }\nhosts: 3\n',
      'a.yaml',
      NOW_MS,
    );
    expect(parsed.ok).toBe(false);
    for (const { remedy, file } of parsed.ok ? [] : parsed.errors) {
      expect(remedy).toMatch(/^[A-Z].+\.$/);
      expect(file).toBe('a.yaml');
    }
  });

  it('refuses a host whose policy is not there, at its place', () => {
    expect(errorsOf('policies:\n  ordinary: {}\nhosts:\n  web-1: { policy: ordinry }\n')).toEqual([
      '4:20 hosts.web-1.policy: there is no policy "ordinry"; did you mean "ordinary"?',
    ]);
  });

  it.each([
    [
      'an unknown time zone',
      'FREQ=DAILY',
      '1h',
      'Europe/Berln',
      'is not a time zone; did you mean "Europe/Berlin"?',
    ],
    ['a fixed offset as time zone', 'FREQ=DAILY', '1h', '+01:00', '"+01:00" is not a time zone'],
    ['a rule that is none', 'every saturday', '1h', 'UTC', 'the rule has "every saturday"'],
    [
      'a day of the month that does not exist',
      'FREQ=MONTHLY;BYMONTHDAY=32',
      '1h',
      'UTC',
      'BYMONTHDAY is days of the month from 1 to 31',
    ],
    [
      'a time in the rule',
      'FREQ=DAILY;BYHOUR=2',
      '1h',
      'UTC',
      'the time of day belongs into "start"',
    ],
    [
      'openings more often than daily',
      'FREQ=HOURLY',
      '1h',
      'UTC',
      'a window opens once a day at most',
    ],
    [
      'a numbered day in a weekly rule',
      'FREQ=WEEKLY;BYDAY=2TU',
      '1h',
      'UTC',
      'a numbered day such as 2TU goes with FREQ=MONTHLY',
    ],
    [
      'a rule that needs a first day',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA',
      '1h',
      'UTC',
      'depends on its first day',
    ],
    [
      'COUNT together with UNTIL',
      'FREQ=DAILY;COUNT=2;UNTIL=20270101',
      '1h',
      'UTC',
      'both COUNT and UNTIL',
    ],
    ['no duration', 'FREQ=DAILY', '0m', 'UTC', 'the duration is zero'],
    [
      'a duration longer than its interval',
      'FREQ=DAILY',
      '25h',
      'UTC',
      'still open when the next one opens after 1d',
    ],
    ['a day that never comes', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '1h', 'UTC', 'never opens'],
    ['an end that is past', 'FREQ=DAILY;UNTIL=20200101', '1h', 'UTC', 'never opens'],
    ['less time than a cycle needs', 'FREQ=DAILY', '10m', 'UTC', 'a whole cycle needs 30m of it'],
    ['no time to make ready in', 'FREQ=DAILY', '30m', 'UTC', 'make it 35m at least'],
    ['too little time to make ready in', 'FREQ=DAILY', '34m', 'UTC', 'make it 35m at least'],
  ])('refuses a window with %s', (_, rrule, duration, timeZone, message) => {
    const window = JSON.stringify({ rrule, start: '02:00', duration, timeZone });
    expect(errorsOf(`policies:\n  web:\n    window: ${window}\n`)).toEqual([
      expect.stringMatching(/^3:13 policies\.web\.window: /),
    ]);
    expect(errorsOf(`policies:\n  web:\n    window: ${window}\n`)[0]).toContain(message);
  });

  it('refuses a probe whose address has a password, which would be in every history and report', () => {
    const url = 'http://ada:hunter2@127.0.0.1/health';
    const errors = errorsOf(`policies:\n  web:\n    health: { http: [{ url: '${url}' }] }\n`);
    expect(errors).toEqual([
      '3:29 policies.web.health.http.0.url: "policies.web.health.http.0.url": an address has no user and no password: it is shown in plans and reports',
    ]);
    expect(errors.join()).not.toContain('hunter2');
  });

  it('takes a window that is as long as a whole cycle and what comes before it', () => {
    const window = '{ rrule: FREQ=DAILY, start: "02:00", duration: 35m, timeZone: UTC }';
    expect(errorsOf(`policies:\n  web:\n    window: ${window}\n`)).toEqual([]);
  });

  it('takes a daily window of 24 hours, although one day in spring has only 23', () => {
    const window = '{ rrule: FREQ=DAILY, start: "00:00", duration: 24h, timeZone: Europe/Berlin }';
    expect(errorsOf(`policies:\n  web:\n    window: ${window}\n`)).toEqual([]);
  });

  it('tells broken YAML with its place', () => {
    expect(errorsOf('policies:\n  a: {}\n  a: {}\n')).toEqual(['3:3 : Map keys must be unique']);
    expect(errorsOf('policies: [')[0]).toMatch(/^1:12 : /);
  });

  it('may name one anchor for each host of a fleet', () => {
    const hosts = Array.from({ length: 1_000 }, (_, index) => `  web-${index}: *web`);
    const text = ['policies: { a: {} }', 'hosts:', '  first: &web { policy: a }', ...hosts];
    const parsed = parseConfig(text.join('\n'), 'hosts.yaml', NOW_MS);
    expect(parsed.ok && Object.keys(parsed.config.hosts)).toHaveLength(1_001);
  });

  it('refuses a name that would be left out without a word, wherever it stands', () => {
    const text = [
      'policies: { a: {}, __proto__: { scope: all } }',
      'hosts:',
      '  __proto__: { policy: a }',
      '  web-1: { policy: a, overrides: { "__proto__": { scope: all } } }',
    ].join('\n');
    expect(errorsOf(text)).toEqual([
      '1:20 : the name "__proto__" cannot be used',
      '3:3 : the name "__proto__" cannot be used',
      '4:36 : the name "__proto__" cannot be used',
    ]);
  });

  it('finds the place of a host whose name is a number', () => {
    expect(errorsOf('policies: { a: {} }\nhosts:\n  10: { policy: b }\n')).toEqual([
      '3:17 hosts.10.policy: there is no policy "b"; did you mean "a"?',
    ]);
  });

  it('refuses aliases that multiply beyond measure', () => {
    const levels = 'bcdefghij'
      .split('')
      .map(
        (name, index) =>
          `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`,
      );
    expect(errorsOf(['a: &a [x]', ...levels].join('\n'))[0]).toContain('alias');
  });

  it('refuses a file of more than a megabyte without reading it', () => {
    expect(errorsOf(`# ${'x'.repeat(1_000_001)}`)[0]).toContain(
      'a configuration has 1000000 at most',
    );
  });

  it('never throws, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.constantFrom(...GOOD.split(/(?<=\W)/))).map((bits) => bits.join('')),
        ),
        (text) => {
          const parsed = parseConfig(text, 'hosts.yaml', NOW_MS);
          for (const { line, column } of parsed.ok ? [] : parsed.errors) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(column).toBeGreaterThanOrEqual(1);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('errors of a schema', () => {
  it('are located in any YAML file, also without the schema', () => {
    const text = 'server:\n  address: 12\n  port: x\n';
    const schema = z.strictObject({ server: z.strictObject({ address: z.string() }) });
    const { error } = schema.safeParse({ server: { address: 12, port: 'x' } });
    if (error === undefined) throw new Error('The schema found nothing wrong');
    expect(locateIssues(text, 'agent.yaml', error)).toEqual([
      {
        file: 'agent.yaml',
        line: 2,
        column: 12,
        path: 'server.address',
        message: '"server.address" is not text',
        remedy: 'Write text here.',
      },
      {
        file: 'agent.yaml',
        line: 3,
        column: 3,
        path: 'server.port',
        message: 'unknown key "port"',
        remedy: 'Remove it.',
      },
    ]);
  });
});

describe('the policy of a host', () => {
  const parsed = parseConfig(GOOD, 'hosts.yaml', NOW_MS);
  if (!parsed.ok) throw new Error('The example is not valid');
  const { config } = parsed;

  it('carries its name, and the groups of the host', () => {
    expect(resolvePolicy(config, 'db-1')).toMatchObject({
      ok: true,
      policy: { name: 'critical', scope: 'all' },
      groups: ['db'],
    });
  });

  it('is refused for a host that is not listed, with the one that was meant', () => {
    expect(resolvePolicy(config, 'web1')).toMatchObject({
      ok: false,
      message: 'the host "web1" is not in the configuration; did you mean "web-1"?',
    });
  });

  it('is not taken from what every object inherits', () => {
    expect(resolvePolicy(config, 'constructor').ok).toBe(false);
    const hosts = { a: { policy: 'constructor', groups: [], labels: {}, overrides: {} } };
    expect(resolvePolicy({ ...config, hosts }, 'a').ok).toBe(false);
  });
});
