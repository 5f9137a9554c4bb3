import { durationMs, formatDuration } from '../domain/duration.ts';
import type { Policy } from '../domain/policy.ts';
import { RolloutInput } from '../domain/rollout.ts';
import { canonicalJson } from './canonical.ts';
import type { Inventory } from './inventory.ts';
import { rolloutInput } from './rollout-input.ts';
import { scheduleTimes, type ScheduleTimes } from './schedule-times.ts';
import { selectHosts } from './select-hosts.ts';

/** A Schedule of Temporal as it has to be: one for each policy that has a `schedule` and hosts. */
export type PlannedSchedule = {
  policy: string;
  /** The rule and the start as they are written, for people. */
  rule: string;
  times: ScheduleTimes[];
  timeZone: string;
  jitterMs: number;
  catchUpMs: number;
  /** What it starts a rollout with. */
  input: RolloutInput;
};

/** A Schedule as it is, of which any part may be what somebody else made of it. */
export type FoundSchedule = Omit<PlannedSchedule, 'input' | 'times'> & {
  times: unknown;
  input: unknown;
  /** Whether it starts the rollout of its policy where central workers look, and skips one that would overlap. */
  startsRollout: boolean;
};

export type ScheduleChange = {
  policy: string;
  kind: 'create' | 'change' | 'remove' | 'keep';
  /** What is different, for people. */
  details: string[];
  /** What it has to be; null when it is removed. */
  planned: PlannedSchedule | null;
};

/**
 * The Schedules that the operator's file asks for.
 * Only for a file that was checked; otherwise it throws.
 */
export function plannedSchedules(inventory: Inventory): PlannedSchedule[] {
  return Object.entries(inventory.policies).flatMap(([name, policy]) => {
    const hosts = selectHosts(inventory, { policies: [name] });
    return policy.schedule === undefined || hosts.length === 0
      ? []
      : [plannedSchedule(inventory, name, policy, policy.schedule, hosts)];
  });
}

function plannedSchedule(
  inventory: Inventory,
  name: string,
  { window }: Policy,
  schedule: NonNullable<Policy['schedule']>,
  hosts: string[],
): PlannedSchedule {
  const { rrule, start, jitter, catchUp } = schedule;
  const parsed = scheduleTimes(schedule);
  const timeZone = schedule.timeZone ?? window?.timeZone;
  // Not whoever applies it: the same file must give the same schedule, and its starter approves nothing.
  const rollout = rolloutInput(inventory, {
    hosts,
    rulesOf: name,
    requestedBy: `schedule ${name}`,
  });
  if (!parsed.ok || timeZone === undefined || !rollout.ok) {
    throw new Error(`The schedule of the policy ${name} was not refused`);
  }
  return {
    policy: name,
    rule: `${rrule} ${start}`,
    times: parsed.times,
    timeZone,
    jitterMs: durationMs(jitter),
    catchUpMs: durationMs(catchUp),
    input: rollout.input,
  };
}

/** What has to be done so that what is becomes what is planned; in the order of the policies' names. */
export function scheduleChanges(
  planned: readonly PlannedSchedule[],
  found: readonly FoundSchedule[],
): ScheduleChange[] {
  const existing = new Map(found.map((schedule) => [schedule.policy, schedule]));
  const wanted = new Set(planned.map(({ policy }) => policy));
  const removed = found
    .filter(({ policy }) => !wanted.has(policy))
    .map(({ policy }) => ({ policy, kind: 'remove' as const, details: [], planned: null }));
  return [...planned.map((one) => changeTo(one, existing.get(one.policy))), ...removed].sort(
    (one, other) => (one.policy < other.policy ? -1 : 1),
  );
}

function changeTo(planned: PlannedSchedule, found: FoundSchedule | undefined): ScheduleChange {
  const { policy } = planned;
  if (found === undefined) return { policy, kind: 'create', details: describe(planned), planned };
  const details = [...differences(found, planned), ...inputDifferences(found.input, planned.input)];
  return { policy, kind: details.length === 0 ? 'keep' : 'change', details, planned };
}

function describe(planned: PlannedSchedule): string[] {
  const { rule, timeZone, jitterMs, catchUpMs, input } = planned;
  return [
    `starts ${rule}, ${timeZone}`,
    `up to ${formatDuration(jitterMs)} later by chance; a missed start is made good within ${formatDuration(catchUpMs)}`,
    `hosts: ${listed(hostsOf(input))}`,
  ];
}

function differences(before: FoundSchedule, after: PlannedSchedule): string[] {
  const length = (ms: number) => formatDuration(ms);
  return [
    ...(before.startsRollout ? [] : ['starts the rollout again, and skips one that would overlap']),
    ...changed('starts', before.rule, after.rule),
    ...(before.rule === after.rule && !same(before.times, after.times)
      ? ['starts at the times that its rule says']
      : []),
    ...changed('time zone', before.timeZone, after.timeZone),
    ...changed('jitter', length(before.jitterMs), length(after.jitterMs)),
    ...changed('catch-up', length(before.catchUpMs), length(after.catchUpMs)),
  ];
}

function changed(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what}: ${after} instead of ${before}`];
}

function inputDifferences(found: unknown, after: RolloutInput): string[] {
  if (same(found, after)) return [];
  const before = RolloutInput.safeParse(found);
  if (!before.success) return ['what it starts is of another version'];
  const had = new Set(hostsOf(before.data));
  const has = new Set(hostsOf(after));
  const added = [...has].filter((host) => !had.has(host));
  const gone = [...had].filter((host) => !has.has(host));
  const keys = [
    ...changedKeys(before.data.policies, after.policies),
    ...changedKeys([withoutLists(before.data)], [withoutLists(after)]),
  ];
  const named = [
    ...(added.length === 0 ? [] : [`more hosts: ${listed(added)}`]),
    ...(gone.length === 0 ? [] : [`no longer: ${listed(gone)}`]),
    ...(keys.length === 0 ? [] : [`other rules: ${keys.join(', ')}`]),
  ];
  return named.length > 0 ? named : ['the hosts are in other waves, groups or policies'];
}

function withoutLists({ policies: _, waves: __, ...rest }: RolloutInput): object {
  return rest;
}

/** The keys that are not the same in both lists, whatever the order of the lists. */
function changedKeys(before: readonly object[], after: readonly object[]): string[] {
  const keys = new Set([...before, ...after].flatMap((one) => Object.keys(one)));
  const values = (list: readonly object[], key: string) =>
    [...new Set(list.map((one) => canonicalJson((one as Record<string, unknown>)[key] ?? null)))]
      .sort()
      .join();
  return [...keys].filter((key) => values(before, key) !== values(after, key)).sort();
}

function hostsOf({ waves }: RolloutInput): string[] {
  return waves.flatMap((wave) => wave.map(({ host }) => host));
}

const HOSTS_LISTED = 5;

function listed(hosts: readonly string[]): string {
  const more = hosts.length - HOSTS_LISTED;
  return hosts.slice(0, HOSTS_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function same(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
