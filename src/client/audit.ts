import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { HostName } from '../domain/names.ts';
import type { Audit } from '../report/audit/audit.ts';
import { entryOf, entryWithoutReport, type AuditEntry } from '../report/audit/entry.ts';
import { openStore, reportsLocation } from '../store/open.ts';
import { inParallel } from '../store/parallel.ts';
import { listReports, readReport } from '../store/read-reports.ts';
import { cycleBegan, runKey, runKeyOf, type ReportOf } from '../store/report-name.ts';
import type { ReportStore } from '../store/port.ts';
import { cycleResult } from '../temporal/cycle-result.ts';
import { patchWorkflowId, WORKFLOW_TYPES } from '../temporal/names.ts';
import { BadRequest } from './errors.ts';
import { exchange } from './exchange.ts';
import type { Session } from './session.ts';

export type AuditRequest = {
  /** Cycles that began then or later; ISO 8601. */
  since: string;
  /** Default all hosts. */
  host?: string | undefined;
  /** The store: a folder, or `s3://bucket/folder`; default PATCHCYCLE_REPORTS, as for central workers. */
  reports?: string | undefined;
};

/** A thousand hosts, patched every week for almost half a year. More is asked for in parts. */
const AUDITED_MAX = 20_000;
const READ_AT_ONCE = 16;
const LIST_TIMEOUT_MS = 60_000;

/**
 * Every cycle since a moment: from the store of reports, and from Temporal what the store does not
 * have: cycles that run, that were ended from outside, or whose report could not be stored.
 * Throws BadRequest, StepFailure `ReportStoreFailed`, TemporalUnreachable, TemporalRefused.
 */
export async function audit(session: Session, request: AuditRequest): Promise<Audit> {
  const { since, host } = checked(request);
  const store = await openStore(request.reports ?? reportsLocation(process.env));
  const stored = await listReports(store, { since, host });
  const runs = await listRuns(session, since, host);
  const known = new Set(stored.map(runKey));
  const unstored = runs.filter((run) => !known.has(runKeyOf(hostOf(run), run.runId)));
  if (stored.length + unstored.length > AUDITED_MAX) throw tooMany(since);
  const entries = [
    ...(await inParallel(READ_AT_ONCE, stored, (of) => storedEntry(store, of))),
    ...(await inParallel(READ_AT_ONCE, unstored, (run) => runEntry(session, run))),
  ];
  return {
    since,
    host: host ?? null,
    madeAt: new Date().toISOString(),
    store: store.location,
    notes: await notesOf(store, entries),
    entries: entries.sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1)),
  };
}

function checked({ since, host }: AuditRequest): { since: string; host: string | undefined } {
  const sinceMs = Date.parse(since);
  if (Number.isNaN(sinceMs)) {
    throw new BadRequest(
      `${JSON.stringify(since)} is no moment.`,
      'Write a date, for example 2026-10-01.',
    );
  }
  const name = HostName.optional().safeParse(host);
  if (!name.success) {
    throw new BadRequest(
      `${JSON.stringify(host)} is no host: ${name.error.issues[0]?.message}`,
      'Name a host as its agent is named.',
    );
  }
  return { since: new Date(sinceMs).toISOString(), host };
}

async function notesOf(store: ReportStore, entries: readonly AuditEntry[]): Promise<string[]> {
  const unstored = entries.filter(
    ({ source, outcome }) => source === 'temporal' && outcome !== 'running',
  ).length;
  const unreadable = entries.filter(({ outcome }) => outcome === 'unknown').length;
  return [
    ...((await store.exists())
      ? []
      : [
          `There is no store of reports in ${store.location}, so this has only what Temporal still knows. Name the one that the central workers write to with --reports.`,
        ]),
    ...(unstored === 0
      ? []
      : [
          `${unstored} ended cycles are not in the store and are told from Temporal, which forgets them when their retention time is over. A policy review stores what is missing: patchcycle policy review.`,
        ]),
    ...(unreadable === 0 ? [] : [`${unreadable} reports cannot be read; see their issues.`]),
  ];
}

async function storedEntry(store: ReportStore, of: ReportOf): Promise<AuditEntry> {
  const read = await readReport(store, of);
  if (read.ok) return entryOf(read.report, 'store');
  return entryWithoutReport({
    ...of,
    startedAt: cycleBegan(of.cycle),
    endedAt: null,
    outcome: 'unknown',
    explanation: 'Its report cannot be read.',
    issues: [read.problem],
    source: 'store',
    workflow: { workflowId: patchWorkflowId(of.host), runId: '' },
  });
}

const key = {
  host: defineSearchAttributeKey('PatchHost', 'KEYWORD'),
  policy: defineSearchAttributeKey('PatchPolicy', 'KEYWORD'),
  state: defineSearchAttributeKey('PatchState', 'KEYWORD'),
};

async function listRuns(
  session: Session,
  since: string,
  host: string | undefined,
): Promise<WorkflowExecutionInfo[]> {
  const query = [
    `WorkflowType = '${WORKFLOW_TYPES.patchHost}'`,
    `StartTime >= '${since}'`,
    ...(host === undefined ? [] : [`PatchHost = '${host}'`]),
  ].join(' AND ');
  return exchange(
    session,
    'listing the cycles',
    async () => {
      const runs: WorkflowExecutionInfo[] = [];
      for await (const run of session.client.workflow.list({ query })) {
        runs.push(run);
        if (runs.length > AUDITED_MAX) throw tooMany(since);
      }
      return runs;
    },
    LIST_TIMEOUT_MS,
  );
}

function tooMany(since: string): BadRequest {
  return new BadRequest(
    `More than ${AUDITED_MAX} cycles began since ${since}.`,
    'Name a later --since, or ask for one host after the other with --host.',
  );
}

/** A cycle that Temporal knows and the store does not. */
async function runEntry(session: Session, run: WorkflowExecutionInfo): Promise<AuditEntry> {
  const { workflowId, runId, status, startTime, closeTime, typedSearchAttributes } = run;
  const common = {
    host: hostOf(run),
    policy: typedSearchAttributes.get(key.policy) ?? null,
    startedAt: startTime.toISOString(),
    endedAt: closeTime?.toISOString() ?? null,
    issues: [],
    workflow: { workflowId, runId },
    source: 'temporal' as const,
  };
  if (status.name === 'RUNNING') {
    const state = typedSearchAttributes.get(key.state) ?? 'starting';
    return entryWithoutReport({
      ...common,
      outcome: 'running',
      explanation: `It is ${state}.`,
    });
  }
  const found = await exchange(session, `reading ${workflowId}`, () =>
    cycleResult(session.client, workflowId, runId),
  );
  if (found.ok) return entryOf(found.report, 'temporal');
  return entryWithoutReport({
    ...common,
    outcome: status.name.toLowerCase(),
    explanation: 'It ended without a report.',
    issues: [found.why],
  });
}

function hostOf({ workflowId, typedSearchAttributes }: WorkflowExecutionInfo): string {
  return typedSearchAttributes.get(key.host) ?? workflowId.replace(/^patch\//, '');
}
