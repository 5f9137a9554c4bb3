import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/planning/config.ts';
import { RolloutInput } from '../../src/domain/rollout.ts';
import { scheduleChanges, type FoundSchedule } from '../../src/planning/schedule-changes.ts';
import { plannedSchedules, type PlannedSchedule } from '../../src/planning/schedules.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');

const FILE = `policies:
  nightly:
    schedule: { rrule: FREQ=DAILY, start: '22:00' }
    window: { rrule: FREQ=DAILY, start: '02:00', duration: 4h, timeZone: Europe/Berlin }
  weekly: { schedule: { rrule: FREQ=WEEKLY;BYDAY=SA, start: '22:00', timeZone: UTC } }
  nobody: { schedule: { rrule: FREQ=DAILY, start: '22:00', timeZone: UTC } }
  by-hand: {}
hosts:
  web-1: { policy: nightly }
  web-2: { policy: nightly, overrides: { backup: { keep: 5 } } }
  db-1: { policy: weekly }
  db-2: { policy: by-hand }
`;

function planned(text = FILE): PlannedSchedule[] {
  const parsed = parseConfig(text, 'p.yaml', NOW_MS);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return plannedSchedules(parsed.config);
}

/** What Temporal would answer after these were applied: the same as JSON brings it back. */
function asFound(schedules: PlannedSchedule[]): FoundSchedule[] {
  return schedules.map((one) => ({
    ...(JSON.parse(JSON.stringify(one)) as PlannedSchedule),
    startsItsWorkflow: true,
  }));
}

function changes(before: string, after: string): string[] {
  return scheduleChanges(planned(after), asFound(planned(before)))
    .filter(({ kind }) => kind !== 'keep')
    .map(({ name, kind, details }) => `${kind} ${name}: ${details.join('; ')}`);
}

describe('the schedules of a file', () => {
  it('are one for each policy that has a schedule and hosts, in its own time zone or the window', () => {
    expect(planned().map(({ name, timeZone }) => `${name} ${timeZone}`)).toEqual([
      'nightly Europe/Berlin',
      'weekly UTC',
    ]);
  });

  it('start a rollout over the hosts of the policy with what the file says of each', () => {
    const input = RolloutInput.parse(planned()[0]?.input);
    expect(input.waves.flat().map(({ host }) => host)).toEqual(['web-1', 'web-2']);
    expect(input.policies.map(({ backup }) => backup.keep)).toEqual([3, 5]);
  });

  it('are the same for whoever applies them, and asked for by nobody who could not approve', () => {
    expect(planned()[0]?.input.requestedBy).toBe('schedule nightly');
    expect(changes(FILE, FILE)).toEqual([]);
  });

  it('are created, changed and removed by what the file says, and nothing else', () => {
    expect(scheduleChanges(planned(), []).map(({ kind }) => kind)).toEqual(['create', 'create']);
    expect(
      changes(FILE, FILE.replace('db-1: { policy: weekly }', 'db-1: { policy: nightly }')),
    ).toEqual(['change nightly: more hosts: db-1', 'remove weekly: ']);
    expect(changes(FILE, FILE.replace('keep: 5', 'keep: 6'))).toEqual([
      'change nightly: other rules: backup',
    ]);
    expect(changes(FILE, FILE.replace('timeZone: UTC } }', 'timeZone: Asia/Kolkata } }'))).toEqual([
      'change weekly: time zone: Asia/Kolkata instead of UTC',
    ]);
  });

  it('of ten thousand hosts are planned and compared within seconds', () => {
    const hosts = Array.from(
      { length: 10_000 },
      (_, index) =>
        `  web-${index}: { policy: nightly, groups: [web], overrides: { backup: { keep: ${1 + (index % 3)} } } }`,
    );
    const text = `groups: { web: { budget: 10% } }\n${FILE.replace(/hosts:[^]*/, '')}hosts:\n${hosts.join('\n')}\n`;
    const parsed = parseConfig(text, 'p.yaml', NOW_MS);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const began = performance.now();
    const schedules = plannedSchedules(parsed.config);
    expect(scheduleChanges(schedules, asFound(schedules))).toMatchObject([{ kind: 'keep' }]);
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(schedules[0]?.input.policies).toHaveLength(3);
  });

  it('that start something of another version are changed', () => {
    const [one] = asFound(planned());
    if (one === undefined) throw new Error('no schedule');
    const [change] = scheduleChanges(planned().slice(0, 1), [{ ...one, input: { old: true } }]);
    expect(change).toMatchObject({
      kind: 'change',
      details: ['what it starts is of another version'],
    });
  });
});

describe('the schedule of the review', () => {
  const RULE =
    'review: { schedule: { rrule: FREQ=WEEKLY;BYDAY=MO, start: "07:00", timeZone: UTC } }\n';
  const BY_HAND = 'policies: { p: {} }\nhosts: { web-1: { policy: p } }\n';

  it('is made, told in words, and then kept as it is', () => {
    expect(planned(BY_HAND)).toEqual([]);
    expect(changes(BY_HAND, RULE + BY_HAND)).toEqual([
      'create policy-review: starts FREQ=WEEKLY;BYDAY=MO 07:00, UTC; up to 5m later by chance; a missed start is made good within 1h; reviews 1 hosts and 1 policies',
    ]);
    expect(changes(RULE + BY_HAND, RULE + BY_HAND)).toEqual([]);
  });

  it('is changed and removed as the file says', () => {
    const before = RULE + BY_HAND;
    expect(changes(before, before.replace('07:00', '08:00'))).toEqual([
      'change policy-review: starts: FREQ=WEEKLY;BYDAY=MO 08:00 instead of FREQ=WEEKLY;BYDAY=MO 07:00',
    ]);
    expect(changes(before, before.replace('web-1', 'web-2'))).toEqual([
      'change policy-review: reviews the hosts and policies of this file',
    ]);
    expect(changes(before, BY_HAND)).toEqual(['remove policy-review: ']);
  });

  it('is mended when somebody made something else of it', () => {
    const [wanted] = planned(RULE + BY_HAND);
    if (wanted === undefined) throw new Error('nothing was planned');
    const found = { ...wanted, times: '2', startsItsWorkflow: false };
    expect(scheduleChanges([wanted], [found])).toMatchObject([
      {
        details: [
          'starts what it has to again, and skips what would overlap',
          'starts at the times that its rule says',
        ],
      },
    ]);
  });

  it('is the only one of its name', () => {
    const parsed = parseConfig('policies: { policy-review: {} }\n', 'p.yaml', NOW_MS);
    expect(parsed).toMatchObject({
      errors: [{ line: 1, message: expect.stringMatching(/is the name of the fleet's review/) }],
    });
  });
});

describe('a schedule in the file', () => {
  const errorsOf = (schedule: string, more = '') => {
    const text = `policies:\n  p:\n    schedule: ${schedule}\nhosts:\n  h-1: { policy: p${more} }\n`;
    const parsed = parseConfig(text, 'p.yaml', NOW_MS);
    if (parsed.ok) return [];
    return parsed.errors.map(({ line, column, message }) => `${line}:${column} ${message}`);
  };

  it.each([
    ['{ rrule: FREQ=DAILY, start: "22:00" }', /^3:15 it has to say whose time is meant/],
    [
      '{ rrule: FREQ=DAILY, start: "22:00", timeZone: Europe/Berlyn }',
      /did you mean "Europe\/Berlin"/,
    ],
    [
      '{ rrule: FREQ=MONTHLY;BYDAY=-1SA, start: "22:00", timeZone: UTC }',
      /from the end of a month/,
    ],
    ['{ rrule: FREQ=DAILY, start: "22:00", timeZone: UTC, catchUp: 5s }', /within 10s at least/],
    ['{ rrule: FREQ=DAILY, start: "22:00", timeZone: UTC, jitter: 2d }', /longest jitter/],
    ['{ rrule: FREQ=DAILY, start: 22, timeZone: UTC }', /start" is not text/],
  ])('such as %s is refused at its place', (schedule, error) => {
    expect(errorsOf(schedule)).toEqual([expect.stringMatching(error)]);
  });

  it('is for all hosts of the policy, so no host can have another', () => {
    const good = '{ rrule: FREQ=DAILY, start: "22:00", timeZone: UTC }';
    expect(errorsOf(good, ', overrides: { schedule: { start: "23:00" } }')).toEqual([
      expect.stringMatching(/^5:34 the "schedule" of a policy is for all of its hosts$/),
    ]);
  });
});
