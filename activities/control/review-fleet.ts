import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { durationMs } from '../../src/domain/duration.ts';
import { BadVersions, type SuspectVersion } from '../../src/domain/known-bad.ts';
import type { Report } from '../../src/domain/report.ts';
import type { ReviewSummary } from '../../src/domain/review.ts';
import {
  Acknowledged,
  FINDINGS_LISTED_MAX,
  ReviewInput,
  type Review,
  type ReviewedPolicy,
} from '../../src/domain/review.ts';
import {
  countKinds,
  reviewFleet as findingsOf,
  type HostFacts,
  type ReviewedCycle,
} from '../../src/planning/review.ts';
import { reviewHtml } from '../../src/report/review/html.ts';
import { reviewMarkdown } from '../../src/report/review/markdown.ts';
import { inParallel } from '../../src/store/parallel.ts';
import type { ReportStore } from '../../src/store/port.ts';
import { listReports, readReport } from '../../src/store/read-reports.ts';
import { cycleBegan, type ReportOf } from '../../src/store/report-name.ts';
import { listRecords } from '../../src/temporal/list-records.ts';
import {
  ACKNOWLEDGED_WORKFLOW_ID,
  KNOWN_BAD_WORKFLOW_ID,
  MESSAGES,
} from '../../src/temporal/names.ts';
import { storeMissingReports } from './store-missing-reports.ts';

export type ReviewParts = {
  client: Client;
  store: ReportStore;
  /** Called while it goes on. */
  alive: () => void;
  nowMs?: number;
};

/** Until enough is known: a host that is patched each night may fail for two months. */
const CYCLES_READ_MAX = 60;
const READ_AT_ONCE = 16;
const SUMMARY_FINDINGS_MAX = 200;
const SUMMARY_TEXT_MAX = 120_000;

/**
 * Looks at everything that is known of the fleet and says what a person has to look at. Stores
 * reports that were only in Temporal, and the review itself. Throws a ZodError on what is no input
 * of a review, StepFailure `ReportStoreFailed`.
 */
export async function reviewFleet(parts: ReviewParts, document: unknown): Promise<ReviewSummary> {
  const { client, store, alive, nowMs = Date.now() } = parts;
  const input = ReviewInput.parse(document);
  const known = await listReports(store, { since: '2000-01-01T00:00:00Z', alive });
  const { stored, lost } = await storeMissingReports(client, store, known, alive);
  const cycles = Map.groupBy([...known, ...stored], ({ host }) => host);
  const records = await listRecords(client);
  const hosts = await inParallel(READ_AT_ONCE, input.hosts, async ({ host, policy }) => {
    alive();
    const record = records.get(host) ?? null;
    const sinceMs = approvalsSinceMs(input.policies[policy], nowMs);
    const facts = { record, cycles: await latestCycles(store, cycles.get(host) ?? [], sinceMs) };
    return [host, facts] satisfies [string, HostFacts];
  });
  const findings = findingsOf(
    input,
    {
      hosts: new Map(hosts),
      acknowledged: await acknowledged(client),
      bad: await badVersions(client),
      lost,
    },
    nowMs,
  );
  const review: Review = {
    format: 1,
    at: new Date(nowMs).toISOString(),
    requestedBy: input.requestedBy,
    hosts: input.hosts.length,
    policies: input.policies.length,
    reportsStored: stored.length,
    counts: countKinds(findings),
    findings: findings.slice(0, FINDINGS_LISTED_MAX),
  };
  return summaryOf(review, await storeReview(store, review));
}

async function storeReview(store: ReportStore, review: Review): Promise<string> {
  const name = `review-${review.at.slice(0, 19).replace(/[-:]/g, '').toLowerCase()}z`;
  await store.put(`${name}.md`, reviewMarkdown(review));
  const location = await store.put(`${name}.html`, reviewHtml(review));
  await store.put(`${name}.json`, `${JSON.stringify(review, null, 2)}\n`);
  return location;
}

/** The gravest findings, so many as a message has room for. */
function summaryOf(review: Review, location: string): ReviewSummary {
  let room = SUMMARY_TEXT_MAX;
  const findings = review.findings.slice(0, SUMMARY_FINDINGS_MAX).filter(({ about, text }) => {
    room -= about.length + text.length;
    return room > 0;
  });
  return { ...review, findings, location };
}

/** Where it matters who approves, that counts for as long as a host may go without being patched. */
function approvalsSinceMs(policy: ReviewedPolicy | undefined, nowMs: number): number {
  return policy?.rules.approvers === undefined
    ? Infinity
    : nowMs - durationMs(policy.rules.patched);
}

/**
 * The latest cycles of one host: back to the last good one, and all that began since a moment. A
 * report that cannot be read is passed over.
 */
async function latestCycles(
  store: ReportStore,
  of: readonly ReportOf[],
  sinceMs: number,
): Promise<ReviewedCycle[]> {
  const newestFirst = of.toSorted((one, other) => (one.cycle < other.cycle ? 1 : -1));
  const cycles: ReviewedCycle[] = [];
  let isGood = false;
  for (const one of newestFirst.slice(0, CYCLES_READ_MAX)) {
    if (isGood && Date.parse(cycleBegan(one.cycle)) < sinceMs) break;
    const read = await readReport(store, one);
    if (!read.ok) continue;
    cycles.push(reviewedCycle(read.report));
    isGood ||= ['patched', 'up-to-date'].includes(read.report.outcome);
  }
  return cycles;
}

function reviewedCycle({
  cycle,
  endedAt,
  outcome,
  facts,
  decisions,
  approvedBy,
}: Report): ReviewedCycle {
  const approval = decisions.findLast(({ decision }) => decision.kind === 'approve')?.decision;
  return {
    cycle,
    endedAt,
    outcome,
    held: facts?.held ?? null,
    approvedBy: approvedBy === null || approval === undefined ? null : approval.by,
  };
}

async function acknowledged(client: Client): Promise<Acknowledged['policies']> {
  const answer = await queryIfThere(client, ACKNOWLEDGED_WORKFLOW_ID, MESSAGES.acknowledged);
  return answer === null ? [] : Acknowledged.parse(answer).policies;
}

async function badVersions(client: Client): Promise<SuspectVersion[]> {
  const answer = await queryIfThere(client, KNOWN_BAD_WORKFLOW_ID, MESSAGES.badVersions);
  return answer === null ? [] : BadVersions.parse(answer).versions;
}

async function queryIfThere(client: Client, workflowId: string, query: string): Promise<unknown> {
  try {
    return await client.workflow.getHandle(workflowId).query<unknown>(query);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
