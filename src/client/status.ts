import { CycleView } from '../domain/cycle.ts';
import type { Report } from '../domain/report.ts';
import { MESSAGES, patchWorkflowId } from '../temporal/names.ts';
import { describeCycle } from './describe.ts';
import { NoReport } from './errors.ts';
import { linkTo } from './links.ts';
import { reportOfRun } from './report.ts';
import { call, type Session } from './session.ts';
import { grpcStatus } from './exchange.ts';

/** The latest cycle of one host, running or over. */
export type HostStatus = {
  host: string;
  /** Temporal's namespace, workflow and run, as Temporal itself tells them. */
  namespace: string;
  workflowId: string;
  runId: string;
  link: string | null;
  /** ISO 8601, UTC. */
  startedAt: string;
  closedAt: string | null;
  running: boolean;
  /** What the cycle says of itself; null when it is over or nobody could answer for it. */
  cycle: CycleView | null;
  /** Null while it runs, and where it ended without one. */
  report: Report | null;
  /** One sentence where something is not as it should be: no central worker, no report. */
  note: string | null;
};

/** A query is answered in milliseconds; without a central worker, never. */
const QUERY_TIMEOUT_MS = 5_000;

/** Throws NoCycle when this host never had one, BadRequest, TemporalUnreachable, TemporalRefused. */
export async function hostStatus(session: Session, host: string): Promise<HostStatus> {
  const description = await describeCycle(session, host);
  const { workflowId, runId, startTime, closeTime, status } = description;
  const common = {
    host,
    namespace: session.namespace,
    workflowId,
    runId,
    link: linkTo(session, workflowId, runId),
    startedAt: startTime.toISOString(),
    closedAt: closeTime?.toISOString() ?? null,
    running: status.name === 'RUNNING',
  };
  if (common.running) {
    const asked = await askCycle(session, host, runId);
    return { ...common, ...asked, report: null };
  }
  try {
    const report = await reportOfRun(session, host, runId);
    return { ...common, cycle: null, report, note: null };
  } catch (error) {
    if (!(error instanceof NoReport)) throw error;
    return { ...common, cycle: null, report: null, note: error.message };
  }
}

async function askCycle(
  session: Session,
  host: string,
  runId: string,
): Promise<Pick<HostStatus, 'cycle' | 'note'>> {
  const handle = session.client.workflow.getHandle(patchWorkflowId(host), runId);
  try {
    const ask = () => handle.query<unknown>(MESSAGES.cycle);
    const answer = await call(session, ask, { timeoutMs: QUERY_TIMEOUT_MS });
    return { cycle: CycleView.parse(answer), note: null };
  } catch (error) {
    // The server answered a moment ago, so what is missing is somebody who runs the workflow.
    const status = grpcStatus(error);
    if (status === null) throw error;
    return {
      cycle: null,
      note: `The cycle could not be asked where it stands (${status.details}). Is a central worker running? patchcycle doctor`,
    };
  }
}
