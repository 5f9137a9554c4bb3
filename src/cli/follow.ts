import { setTimeout as sleep } from 'node:timers/promises';
import {
  NoAnswer,
  TemporalUnreachable,
  type HostStatus,
  type PatchcycleClient,
  type StartedCycle,
} from '../client/index.ts';
import type { Report } from '../domain/report.ts';

/** Steps take seconds; looking more often would only load the server. */
const LOOK_EVERY_MS = 1_000;

/**
 * Looks at a cycle every second until it is over, hands on what it sees, and answers the report.
 * A server that is away for a while is waited for. Stopping by the signal throws its reason.
 */
export async function followCycle(
  client: PatchcycleClient,
  { host, runId }: Pick<StartedCycle, 'host' | 'runId'>,
  look: (status: HostStatus) => void,
  signal: AbortSignal,
): Promise<Report> {
  const over = new AbortController();
  const looking = lookOften(client, host, runId, look, AbortSignal.any([signal, over.signal]));
  try {
    return await client.waitForReport(host, { runId, signal });
  } finally {
    over.abort();
    await looking;
  }
}

async function lookOften(
  client: PatchcycleClient,
  host: string,
  runId: string,
  look: (status: HostStatus) => void,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    try {
      const status = await client.status(host);
      if (stop.aborted) return;
      // A later cycle of the same host is not the one that is followed.
      if (status.runId === runId) look(status);
    } catch (error) {
      // The waiting beside this decides how long an absent server is borne.
      if (!(error instanceof TemporalUnreachable || error instanceof NoAnswer)) throw error;
    }
    await pause(LOOK_EVERY_MS, stop);
  }
}

/** Sleeps, and wakes at once when stopped. */
export async function pause(lengthMs: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const woken = new AbortController();
  const wake = () => woken.abort();
  stop.addEventListener('abort', wake, { once: true });
  try {
    await sleep(lengthMs, undefined, { signal: woken.signal });
  } catch (error) {
    if (!woken.signal.aborted) throw error;
  } finally {
    stop.removeEventListener('abort', wake);
  }
}
