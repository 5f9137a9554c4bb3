import { resultOf } from '../../domain/check-result.ts';
import type { Report } from '../../domain/report.ts';
import { decided } from '../decisions.ts';
import { cvesOf, isInstalled, leftOutOf, unknownCveCount } from '../figures.ts';

/** One cycle as an auditor reads it. Everything that only a report tells is null or empty without one. */
export type AuditEntry = {
  host: string;
  cycle: string | null;
  policy: string | null;
  requestedBy: string | null;
  reason: string | null;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** Null while it runs. */
  endedAt: string | null;
  /**
   * How it ended; `running`; what Temporal calls it where it was ended from outside (`terminated`,
   * `timed_out`); or `unknown` where its report cannot be read.
   */
  outcome: string;
  explanation: string;
  /** Whether the changes are on the host; otherwise they were planned, or put back. */
  installed: boolean;
  changes: { package: string; from: string | null; to: string; security: boolean }[];
  /** A long plan's list is cut; this is not. */
  changeCount: number;
  removals: { package: string; version: string }[];
  cves: string[];
  /** For so many packages it is not known which CVEs they fix. */
  cvesUnknown: number;
  /** On whose word the plan was installed; null when nothing was approved. */
  approvedBy: string | null;
  /** Every decision that was taken, one sentence each. */
  decisions: string[];
  /** What went wrong or has to be looked at, one sentence each. */
  issues: string[];
  reboots: number;
  workflow: { workflowId: string; runId: string };
  /** Whether this comes from the store of reports, or from Temporal, which forgets it. */
  source: 'store' | 'temporal';
};

/** A cycle of which there is no report, by what is known of it all the same. */
export function entryWithoutReport(
  known: Pick<
    AuditEntry,
    'host' | 'startedAt' | 'endedAt' | 'outcome' | 'explanation' | 'issues' | 'source'
  > &
    Partial<AuditEntry>,
): AuditEntry {
  return {
    cycle: null,
    policy: null,
    requestedBy: null,
    reason: null,
    installed: false,
    changes: [],
    changeCount: 0,
    removals: [],
    cves: [],
    cvesUnknown: 0,
    approvedBy: null,
    decisions: [],
    reboots: 0,
    workflow: { workflowId: '', runId: '' },
    ...known,
  };
}

export function entryOf(report: Report, source: AuditEntry['source']): AuditEntry {
  const { plan, workflow } = report;
  return {
    host: report.host,
    cycle: report.cycle,
    policy: report.policy,
    requestedBy: report.requestedBy,
    reason: report.reason ?? null,
    startedAt: report.startedAt,
    endedAt: report.endedAt,
    outcome: report.outcome,
    explanation: report.explanation,
    installed: isInstalled(report),
    changes: (plan?.rows ?? []).map(({ name, oldVersion, newVersion, security }) => ({
      package: name,
      from: oldVersion,
      to: newVersion,
      security,
    })),
    changeCount: plan?.changeCount ?? 0,
    removals: (plan?.removals ?? []).map(({ name, oldVersion }) => ({
      package: name,
      version: oldVersion,
    })),
    cves: cvesOf(plan),
    cvesUnknown: unknownCveCount(plan),
    approvedBy: report.approvedBy,
    decisions: report.decisions.map(({ at, decision }) => {
      const why = decision.why === undefined ? '' : `: ${decision.why}`;
      return `${at}: ${decision.by} ${decided(decision)}${why}`;
    }),
    issues: issuesOf(report),
    reboots: report.reboots.length,
    workflow: { workflowId: workflow.workflowId, runId: workflow.runId },
    source,
  };
}

/** The worst of one cycle; the report has them all. */
const ISSUES_MAX = 100;

function issuesOf(report: Report): string[] {
  const { failures, logs, checks, restore, facts, refused, refusedCount } = report;
  const issues = [
    ...failures.flatMap(({ type, message, details }) => [
      `${type}: ${message}`,
      ...(details?.findings ?? []),
    ]),
    ...checks
      .filter((check) => resultOf(check) !== 'passed')
      .map(({ name, detail }) => `check ${name}: ${detail}`),
    ...(logs?.newKinds ?? []).map(
      ({ source, firstLine, count }) =>
        `new error in the logs, ${count} times: ${source}: ${firstLine}`,
    ),
    ...(restore?.differences ?? []).map((difference) => `not as before: ${difference}`),
    ...report.leftAside.map((path) => `configuration left aside: ${path}`),
    ...leftOutOf(report.plan).map((sentence) => `left out: ${sentence}`),
    ...(facts?.findings ?? []),
    ...refused.map(
      ({ at, kind, by, why }) => `refused at ${at}: ${kind} by ${by ?? 'nobody'}: ${why}`,
    ),
    ...(refusedCount > refused.length
      ? [`${refusedCount - refused.length} more messages were refused`]
      : []),
  ];
  const distinct = [...new Set(issues)];
  return distinct.length <= ISSUES_MAX
    ? distinct
    : [...distinct.slice(0, ISSUES_MAX), `and ${distinct.length - ISSUES_MAX} more, in the report`];
}
