import type { Report } from '../../src/domain/report.ts';
import { now, type Cycle } from './cycle.ts';
import type { Ending } from './settle-on-plan.ts';

/** A cycle that somebody resolves a hundred times is told by its last hundred decisions. */
const DECISIONS_REPORTED_MAX = 100;
const LEFT_ASIDE_REPORTED_MAX = 200;
const CHECKS_REPORTED_MAX = 500;

/** The report as far as the workflow knows it; the host adds the commands. */
export function draftReport(cycle: Cycle, ending: Ending): Report {
  const { input, step, found } = cycle;
  return {
    format: 1,
    host: input.host,
    cycle: step.cycle,
    workflow: step.workflow,
    policy: input.policy.name,
    scope: input.policy.scope,
    requestedBy: input.requestedBy,
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    startedAt: cycle.startedAt,
    endedAt: now(),
    outcome: ending.outcome,
    explanation: ending.explanation,
    facts: found.facts,
    plan: cycle.plan,
    approvedBy: approvedBy(cycle),
    decisions: cycle.decisions.slice(-DECISIONS_REPORTED_MAX),
    refused: cycle.refused,
    refusedCount: cycle.refusedCount,
    steps: cycle.steps,
    leftAside: [...new Set(found.leftAside)].slice(0, LEFT_ASIDE_REPORTED_MAX),
    reboots: found.reboots.slice(0, 10),
    logs: found.logs,
    checks: found.checks.slice(0, CHECKS_REPORTED_MAX),
    backup: found.backup,
    restore: found.restore,
    failures: found.failures,
    commands: [],
    commandCount: 0,
  };
}

/** Only an approval of the very plan that the report shows; one of an earlier plan approves nothing of it. */
function approvedBy({ approved, plan }: Cycle): string | null {
  if (approved === null || approved.approval.digest !== plan?.digest) return null;
  const { approval } = approved;
  return approval.kind === 'person'
    ? `${approval.by} at ${approval.at}${approval.signature === undefined ? '' : ', signed'}`
    : `automatically, by policy ${approval.policy}`;
}
