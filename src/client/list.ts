import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { Outcome } from '../domain/outcome.ts';
import { WORKFLOW_TYPES } from '../temporal/names.ts';
import { linkTo } from './links.ts';
import type { Session } from './session.ts';
import { exchange } from './exchange.ts';

/** One host of the list: its latest cycle as Temporal's visibility shows it, a second or so late. */
export type HostSummary = {
  host: string;
  workflowId: string;
  runId: string;
  link: string | null;
  policy: string | null;
  running: boolean;
  /** A state of the cycle, or how the workflow was ended from outside: `terminated`, `timed_out`. */
  state: string;
  outcome: Outcome | null;
  /** ISO 8601, UTC. */
  startedAt: string;
  closedAt: string | null;
  packages: number | null;
  securityUpdates: number | null;
  windowStart: string | null;
};

/** Ten thousand cycles are a fleet's year within retention; a larger one asks for less. */
const LISTED_CYCLES_MAX = 10_000;
const LIST_TIMEOUT_MS = 30_000;

const key = {
  host: defineSearchAttributeKey('PatchHost', 'KEYWORD'),
  policy: defineSearchAttributeKey('PatchPolicy', 'KEYWORD'),
  state: defineSearchAttributeKey('PatchState', 'KEYWORD'),
  outcome: defineSearchAttributeKey('PatchOutcome', 'KEYWORD'),
  packages: defineSearchAttributeKey('PatchPackages', 'INT'),
  securityUpdates: defineSearchAttributeKey('PatchSecurityUpdates', 'INT'),
  windowStart: defineSearchAttributeKey('PatchWindowStart', 'DATETIME'),
};

/** The latest cycle of every host, by name. Throws TemporalUnreachable, TemporalRefused. */
export async function listHosts(session: Session): Promise<HostSummary[]> {
  const latest = new Map<string, WorkflowExecutionInfo>();
  await exchange(
    session,
    'listing the hosts',
    async () => {
      const query = `WorkflowType = '${WORKFLOW_TYPES.patchHost}'`;
      let seen = 0;
      for await (const cycle of session.client.workflow.list({ query })) {
        const known = latest.get(cycle.workflowId);
        if (known === undefined || known.startTime < cycle.startTime) {
          latest.set(cycle.workflowId, cycle);
        }
        if (++seen >= LISTED_CYCLES_MAX) break;
      }
    },
    LIST_TIMEOUT_MS,
  );
  return [...latest.values()]
    .map((cycle) => summary(session, cycle))
    .sort((one, other) => (one.host < other.host ? -1 : 1));
}

function summary(session: Session, cycle: WorkflowExecutionInfo): HostSummary {
  const { workflowId, runId, typedSearchAttributes: attributes } = cycle;
  const running = cycle.status.name === 'RUNNING';
  const endedByItself = cycle.status.name === 'COMPLETED';
  return {
    host: attributes.get(key.host) ?? workflowId.replace(/^patch\//, ''),
    workflowId,
    runId,
    link: linkTo(session, workflowId, runId),
    policy: attributes.get(key.policy) ?? null,
    running,
    state: running
      ? (attributes.get(key.state) ?? 'starting')
      : endedByItself
        ? 'ended'
        : cycle.status.name.toLowerCase(),
    outcome: endedByItself ? outcomeOf(attributes.get(key.outcome)) : null,
    startedAt: cycle.startTime.toISOString(),
    closedAt: cycle.closeTime?.toISOString() ?? null,
    packages: attributes.get(key.packages) ?? null,
    securityUpdates: attributes.get(key.securityUpdates) ?? null,
    windowStart: running ? (attributes.get(key.windowStart)?.toISOString() ?? null) : null,
  };
}

function outcomeOf(value: string | undefined): Outcome | null {
  const outcome = Outcome.safeParse(value);
  return outcome.success ? outcome.data : null;
}
