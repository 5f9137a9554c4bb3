import { formatDuration } from '../domain/duration.ts';
import type { ReviewInput } from '../domain/review.ts';
import { RolloutInput } from '../domain/rollout.ts';
import { canonicalJson } from './canonical.ts';
import type { PlannedSchedule } from './schedules.ts';

/** A Schedule as it is, of which any part may be what somebody else made of it. */
export type FoundSchedule = Omit<PlannedSchedule, 'input' | 'times'> & {
  times: unknown;
  input: unknown;
  /** Whether it starts the workflow of its name where central workers look, and skips one that would overlap. */
  startsItsWorkflow: boolean;
};

export type ScheduleChange = {
  name: string;
  kind: 'create' | 'change' | 'remove' | 'keep';
  /** What is different, for people. */
  details: string[];
  /** What it has to be; null when it is removed. */
  planned: PlannedSchedule | null;
};

/** What has to be done so that what is becomes what is planned; in the order of their names. */
export function scheduleChanges(
  planned: readonly PlannedSchedule[],
  found: readonly FoundSchedule[],
): ScheduleChange[] {
  const existing = new Map(found.map((schedule) => [schedule.name, schedule]));
  const wanted = new Set(planned.map(({ name }) => name));
  const removed = found
    .filter(({ name }) => !wanted.has(name))
    .map(({ name }) => ({ name, kind: 'remove' as const, details: [], planned: null }));
  return [...planned.map((one) => changeTo(one, existing.get(one.name))), ...removed].sort(
    (one, other) => (one.name < other.name ? -1 : 1),
  );
}

function changeTo(planned: PlannedSchedule, found: FoundSchedule | undefined): ScheduleChange {
  const { name } = planned;
  if (found === undefined) return { name, kind: 'create', details: describe(planned), planned };
  const details = [...differences(found, planned), ...inputDifferences(found.input, planned.input)];
  return { name, kind: details.length === 0 ? 'keep' : 'change', details, planned };
}

function describe(planned: PlannedSchedule): string[] {
  const { rule, timeZone, jitterMs, catchUpMs, input } = planned;
  return [
    `starts ${rule}, ${timeZone}`,
    `up to ${formatDuration(jitterMs)} later by chance; a missed start is made good within ${formatDuration(catchUpMs)}`,
    'waves' in input
      ? `hosts: ${listed(hostsOf(input))}`
      : `reviews ${input.hosts.length} hosts and ${input.policies.length} policies`,
  ];
}

function differences(before: FoundSchedule, after: PlannedSchedule): string[] {
  const length = (ms: number) => formatDuration(ms);
  return [
    ...(before.startsItsWorkflow
      ? []
      : ['starts what it has to again, and skips what would overlap']),
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

function inputDifferences(found: unknown, after: RolloutInput | ReviewInput): string[] {
  if (same(found, after)) return [];
  return 'waves' in after
    ? rolloutDifferences(found, after)
    : ['reviews the hosts and policies of this file'];
}

function rolloutDifferences(found: unknown, after: RolloutInput): string[] {
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
