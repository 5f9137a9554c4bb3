import type { WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { Outcome } from '../domain/outcome.ts';
import { patchWorkflowId, WORKFLOW_TYPES } from '../temporal/names.ts';
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

/** So many of the newest cycles are read at once; of hosts that have none among them the latest is asked for by name. */
const NEWEST_READ = 10_000;
/** What one question may name. */
const ASKED_AT_ONCE = 100;
/** Hosts in a list of one question that have been patched every hour; no list is read beyond that. */
const READ_OF_ASKED = 10_000;
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

/**
 * The latest cycle of every host, by name: of the hosts of the newest cycles, and of those that are
 * named however long ago it was. Throws TemporalUnreachable, TemporalRefused.
 */
export async function listHosts(
  session: Session,
  named: readonly string[] = [],
  newestRead: number = NEWEST_READ,
): Promise<HostSummary[]> {
  const latest: Latest = new Map();
  const whole = await readCycles(session, latest, ofCycles, () => false, newestRead);
  const missing = whole ? [] : named.filter((host) => !latest.has(patchWorkflowId(host)));
  for (let from = 0; from < missing.length; from += ASKED_AT_ONCE) {
    const asked = missing.slice(from, from + ASKED_AT_ONCE);
    const query = `${ofCycles} AND PatchHost IN (${asked.map((host) => `'${host}'`).join(', ')})`;
    // Running ones come first, then the ones that ended last.
    const allSeen = () => asked.every((host) => latest.has(patchWorkflowId(host)));
    await readCycles(session, latest, query, allSeen, READ_OF_ASKED);
  }
  return [...latest.values()]
    .map((cycle) => summary(session, cycle))
    .sort((one, other) => (one.host < other.host ? -1 : 1));
}

type Latest = Map<string, WorkflowExecutionInfo>;

const ofCycles = `WorkflowType = '${WORKFLOW_TYPES.patchHost}'`;

/** Puts what a question answers to the latest cycles. Answers whether the whole answer was read. */
function readCycles(
  session: Session,
  latest: Latest,
  query: string,
  isEnough: () => boolean,
  most: number,
): Promise<boolean> {
  const read = async () => {
    let seen = 0;
    for await (const cycle of session.client.workflow.list({ query })) {
      if (seen++ >= most) return false;
      const known = latest.get(cycle.workflowId);
      if (known === undefined || known.startTime < cycle.startTime) {
        latest.set(cycle.workflowId, cycle);
      }
      if (known === undefined && isEnough()) return false;
    }
    return true;
  };
  return exchange(session, 'listing the hosts', read, LIST_TIMEOUT_MS);
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
