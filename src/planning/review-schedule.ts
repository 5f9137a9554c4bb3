import { durationMs, formatDuration } from '../domain/duration.ts';
import type { ReviewInput } from '../domain/review.ts';
import { canonicalJson } from './canonical.ts';
import type { Inventory } from './inventory.ts';
import { reviewInput } from './review-input.ts';
import { scheduleTimes, type ScheduleTimes } from './schedule-times.ts';

/** The Schedule of the fleet's review as it has to be. */
export type PlannedReview = {
  /** The rule and the start as they are written, for people. */
  rule: string;
  times: ScheduleTimes[];
  timeZone: string;
  jitterMs: number;
  catchUpMs: number;
  input: ReviewInput;
};

/** The same as it is, of which any part may be what somebody else made of it. */
export type FoundReview = Omit<PlannedReview, 'input' | 'times'> & {
  times: unknown;
  input: unknown;
};

export type ReviewChange = {
  kind: 'create' | 'change' | 'remove' | 'keep';
  /** What is different, for people. */
  details: string[];
  /** What it has to be; null when it is removed. */
  planned: PlannedReview | null;
};

/** What the file asks for; null where it asks for none. Only for a file that was checked; otherwise it throws. */
export function plannedReview(inventory: Inventory): PlannedReview | null {
  const { schedule } = inventory.review;
  if (schedule === undefined) return null;
  const parsed = scheduleTimes(schedule);
  if (!parsed.ok) throw new Error('The schedule of the review was not refused');
  const { rrule, start, timeZone, jitter, catchUp } = schedule;
  return {
    rule: `${rrule} ${start}`,
    times: parsed.times,
    timeZone,
    jitterMs: durationMs(jitter),
    catchUpMs: durationMs(catchUp),
    // Not whoever applies it: the same file must give the same schedule.
    input: reviewInput(inventory, 'schedule'),
  };
}

/** What has to be done; null where there is none and shall be none. */
export function reviewChange(
  planned: PlannedReview | null,
  found: FoundReview | null,
): ReviewChange | null {
  if (planned === null) return found === null ? null : { kind: 'remove', details: [], planned };
  if (found === null) return { kind: 'create', details: describe(planned), planned };
  const details = [
    ...changed('starts', found.rule, planned.rule),
    ...(found.rule === planned.rule && !same(found.times, planned.times)
      ? ['starts at the times that its rule says']
      : []),
    ...changed('time zone', found.timeZone, planned.timeZone),
    ...changed('jitter', formatDuration(found.jitterMs), formatDuration(planned.jitterMs)),
    ...changed('catch-up', formatDuration(found.catchUpMs), formatDuration(planned.catchUpMs)),
    ...(same(found.input, planned.input) ? [] : ['reviews the hosts and policies of this file']),
  ];
  return { kind: details.length === 0 ? 'keep' : 'change', details, planned };
}

function describe({ rule, timeZone, input }: PlannedReview): string[] {
  return [
    `starts ${rule}, ${timeZone}`,
    `reviews ${input.hosts.length} hosts and ${input.policies.length} policies`,
  ];
}

function changed(what: string, before: string, after: string): string[] {
  return before === after ? [] : [`${what}: ${after} instead of ${before}`];
}

function same(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
