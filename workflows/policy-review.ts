import { defineSearchAttributeKey } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { ReviewInput, type ReviewSummary } from '../src/domain/review.ts';
import type { ControlActivities } from '../src/domain/steps.ts';
import { CENTRAL_TASK_QUEUE } from '../src/temporal/names.ts';
import { escaped, table } from './cycle/details.ts';
import { controlActivities } from './cycle/host-steps.ts';

const STATE = defineSearchAttributeKey('PatchState', 'KEYWORD');
const OUTCOME = defineSearchAttributeKey('PatchOutcome', 'KEYWORD');

/** Ten thousand hosts whose reports lie in a bucket take minutes. */
const REVIEW_MAX = '1h';

const WHY_LENGTH_MAX = 500;
const ROWS_SHOWN = 60;
const DETAILS_MAX = 18_000;

/**
 * Reviews the fleet once: stores reports that only Temporal has, finds what a person has to look
 * at, keeps that as a report, and tells people. A Schedule makes it a habit.
 */
export async function policyReview(rawInput: unknown): Promise<ReviewSummary> {
  const input = ReviewInput.safeParse(rawInput);
  if (!input.success) {
    throw ApplicationFailure.nonRetryable(
      `This review cannot start: ${input.error.issues[0]?.message}`.slice(0, 500),
      'BadInput',
      { remedy: 'Start it with patchcycle policy review or the client library.' },
    );
  }
  upsertSearchAttributes([{ key: STATE, value: 'reviewing' }]);
  const { reviewFleet } = proxyActivities<ControlActivities>({
    taskQueue: CENTRAL_TASK_QUEUE,
    startToCloseTimeout: REVIEW_MAX,
    heartbeatTimeout: '1m',
    retry: { initialInterval: '10s', maximumAttempts: 5 },
    summary: `review ${input.data.hosts.length} hosts and ${input.data.policies.length} policies`,
  });
  const review = await reviewFleet(input.data).catch(tellOfFailure);
  const total = Object.values(review.counts).reduce((sum, amount) => sum + amount, 0);
  upsertSearchAttributes([
    { key: STATE, value: 'ended' },
    { key: OUTCOME, value: total === 0 ? 'clean' : 'findings' },
  ]);
  show(review, total);
  if (total > 0) await tellOfFindings(review, total);
  return review;
}

function show({ findings, location }: ReviewSummary, total: number): void {
  const rows = findings
    .slice(0, ROWS_SHOWN)
    .map(({ kind, about, text }) => [kind, escaped(about), escaped(text)]);
  const details = [
    `## ${total} findings`,
    ...(rows.length === 0 ? [] : [table(['kind', 'about', 'what'], rows)]),
    `The whole review: ${escaped(location)}`,
  ];
  setCurrentDetails(details.join('\n\n').slice(0, DETAILS_MAX));
}

/** A review that a Schedule began and that failed would otherwise be missed by nobody. */
async function tellOfFailure(error: unknown): Promise<never> {
  if (error instanceof ActivityFailure && !isCancellation(error)) {
    upsertSearchAttributes([{ key: STATE, value: 'ended' }]);
    const why = (error.cause?.message ?? error.message).slice(0, WHY_LENGTH_MAX);
    await tellPeople('the review of the fleet failed', [why], 'patchcycle policy review');
  }
  throw error;
}

async function tellOfFindings({ counts, location }: ReviewSummary, total: number): Promise<void> {
  const found = Object.entries(counts)
    .map(([kind, amount]) => `${kind}: ${amount}`)
    .join(', ');
  await tellPeople(`the review of the fleet has ${total} findings`, [found, location]);
}

/** A notice that cannot be sent stops nothing: the review is kept. */
async function tellPeople(subject: string, lines: string[], command?: string): Promise<void> {
  try {
    const kind = 'review-findings' as const;
    const more = command === undefined ? {} : { command };
    const notice = { kind, about: 'fleet', subject, lines, ...more };
    await controlActivities(`tell people: ${subject}`).notify(notice);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}
