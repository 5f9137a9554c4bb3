import { WorkflowFailedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Report } from '../domain/report.ts';
import { patchWorkflowId } from '../temporal/names.ts';
import { NoCycle, NoReport, NotEnded, WaitedTooLong } from './errors.ts';
import { failureOf } from './failure-of.ts';
import { call, type Session } from './session.ts';
import { answers, exchange, gaveNoAnswer, grpcStatus, unreachable } from './exchange.ts';
import type { WaitOptions } from './start.ts';
import { describeCycle } from './describe.ts';
import { storedReport, type StoredReports } from './stored-report.ts';

export type RunOptions = {
  /** One run of the host's cycle; the latest when left out. */
  runId?: string;
};

/**
 * The report of a cycle that is over: from Temporal, or from the store of reports once Temporal has
 * forgotten the cycle.
 * Throws NotEnded while it runs, NoReport when it ended without one, NoCycle where both know none,
 * StepFailure `ReportStoreFailed`, TemporalUnreachable.
 */
export async function hostReport(
  session: Session,
  host: string,
  { runId, reports }: RunOptions & StoredReports = {},
): Promise<Report> {
  try {
    return await reportInTemporal(session, host, runId);
  } catch (error) {
    if (!(error instanceof NoCycle)) throw error;
    const { report, location } = await storedReport(host, runId, { reports });
    if (report !== null) return report;
    throw new NoCycle(
      `${error.message} The store of reports, ${location}, has none of it either.`,
      `Name the store that the central workers write to, with --reports or PATCHCYCLE_REPORTS. ${error.remedy}`,
      { cause: error },
    );
  }
}

async function reportInTemporal(
  session: Session,
  host: string,
  runId: string | undefined,
): Promise<Report> {
  if (runId !== undefined) return reportOfRun(session, host, runId);
  const latest = await describeCycle(session, host);
  if (latest.status.name === 'RUNNING') throw notEnded(host);
  return reportOfRun(session, host, latest.runId);
}

/** The result of one run that is over. */
export async function reportOfRun(session: Session, host: string, runId: string): Promise<Report> {
  const handle = session.client.workflow.getHandle(patchWorkflowId(host), runId);
  const doing = `fetching the report of ${host}`;
  try {
    const { status } = await exchange(session, doing, () => handle.describe());
    if (status.name === 'RUNNING') throw notEnded(host);
    return readReport(host, await exchange(session, doing, () => handle.result()));
  } catch (error) {
    throw resultError(error, host);
  }
}

function notEnded(host: string): NotEnded {
  return new NotEnded(
    `The patch cycle of ${host} still runs, so there is no report yet.`,
    `Follow it: patchcycle status ${host} --watch`,
  );
}

/** How long a server may be away (an upgrade, a restart) until the waiting is given up. */
const AWAY_MAX_MS = 5 * 60_000;
const AWAY_RETRY_MS = 2_000;

/**
 * Waits until the cycle is over, for days if need be, and answers its report. A restart of the
 * server is waited out. Stopping the waiting by `signal` throws the signal's reason and leaves the
 * cycle alone.
 * Throws NoReport, NoCycle, WaitedTooLong, TemporalUnreachable after five minutes without a server.
 */
export async function waitForReport(
  session: Session,
  host: string,
  { runId, signal, timeoutMs }: RunOptions & WaitOptions = {},
): Promise<Report> {
  const run = runId ?? (await describeCycle(session, host)).runId;
  const handle = session.client.workflow.getHandle(patchWorkflowId(host), run);
  const limit = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)];
  const stop = AbortSignal.any([...limit, ...(signal ? [signal] : [])]);
  let awaySinceMs: number | null = null;
  for (;;) {
    try {
      return readReport(host, await call(session, () => handle.result(), { stop }));
    } catch (error) {
      if (stop.aborted) throw signal?.aborted ? signal.reason : waitedTooLong(host, timeoutMs);
      const status = grpcStatus(error);
      if (status === null || !gaveNoAnswer(status)) throw resultError(error, host);
      awaySinceMs ??= performance.now();
      if (performance.now() - awaySinceMs > AWAY_MAX_MS) {
        throw unreachable(session.address, `waiting for ${host}`, error);
      }
      await sleep(AWAY_RETRY_MS);
      if (await answers(session)) awaySinceMs = null;
    }
  }
}

function waitedTooLong(host: string, timeoutMs: number | undefined): WaitedTooLong {
  return new WaitedTooLong(
    `The patch cycle of ${host} did not end within ${(timeoutMs ?? 0) / 1_000} s; it goes on.`,
    `Follow it: patchcycle status ${host} --watch`,
  );
}

function readReport(host: string, result: unknown): Report {
  const report = Report.safeParse(result);
  if (report.success) return report.data;
  throw new NoReport(
    `The cycle of ${host} ended with a report that this version of patchcycle cannot read: ${report.error.issues[0]?.message}`,
    'Read it with the version that the central workers run, or in the Web UI.',
  );
}

function resultError(error: unknown, host: string): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return new NoCycle(
      `No such patch cycle of ${host} is known; Temporal forgets ended ones after its retention time.`,
      `See the latest: patchcycle status ${host}. The host itself keeps its reports in /var/lib/patchcycle.`,
      { cause: error },
    );
  }
  if (error instanceof WorkflowFailedError) {
    const { message, remedy } = failureOf(error);
    return new NoReport(`The patch cycle of ${host} ended without a report: ${message}`, remedy, {
      cause: error,
    });
  }
  return error;
}
