import { NativeConnection, type Worker } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedConnection } from '../temporal/connection.ts';
import { backoffMs, keepTrying, watchConnection } from '../temporal/reconnect.ts';
import type { Say } from './say.ts';

/** A lost server is noticed within half a minute, at the price of one small call. */
const WATCH_EVERY_MS = 15_000;
const ANSWER_MAX_MS = 5_000;

export type ServeSettings = {
  resolved: ResolvedConnection;
  createWorker: (connection: NativeConnection) => Promise<Worker>;
  /** Called after each connection, beside the worker; has to end when its signal is aborted. */
  beside?: (connection: NativeConnection, signal: AbortSignal) => Promise<void>;
  say: Say;
  /** Ends the serving. */
  stop: AbortSignal;
  /** What is said once it works. */
  ready: string;
  /** How often the server is asked whether it is still there. */
  watchEveryMs?: number | undefined;
};

/**
 * Runs a worker until it is told to stop, whatever happens to the server: it connects for ever,
 * and a worker that fails (its namespace is gone, its credentials are refused) is made anew.
 * Resolves when the worker has shut down after `stop`.
 */
export async function serve(settings: ServeSettings): Promise<void> {
  const { resolved, say, stop } = settings;
  for (let attempt = 1; !stop.aborted; attempt += 1) {
    const startedMs = performance.now();
    try {
      await serveOnce(settings);
    } catch (error) {
      if (stop.aborted) return;
      // One that ran for a while begins with short waits again.
      if (performance.now() - startedMs > 60_000) attempt = 1;
      if (attempt === 1)
        say(`The worker at ${resolved.address} failed and is started again: ${String(error)}`);
      await pause(backoffMs(attempt), stop);
    }
  }
}

async function serveOnce(settings: ServeSettings): Promise<void> {
  const { resolved, createWorker, beside, say, stop, ready } = settings;
  const { watchEveryMs: everyMs = WATCH_EVERY_MS } = settings;
  const { address } = resolved;
  const connection = await keepTrying(() => NativeConnection.connect(resolved.options), {
    say,
    address,
    signal: stop,
  });
  const ended = new AbortController();
  try {
    const worker = await createWorker(connection);
    // A listener that comes after the abort is never called.
    if (stop.aborted) return;
    const shutDown = () => worker.shutdown();
    stop.addEventListener('abort', shutDown, { once: true });
    const ask = () =>
      connection.withDeadline(Date.now() + ANSWER_MAX_MS, () =>
        connection.workflowService.getSystemInfo({}),
      );
    const signal = AbortSignal.any([stop, ended.signal]);
    const watching = watchConnection(ask, { say, address, signal, everyMs });
    const company = beside?.(connection, signal);
    say(ready);
    try {
      await worker.run();
    } finally {
      ended.abort();
      stop.removeEventListener('abort', shutDown);
      await Promise.all([watching, company]);
    }
  } finally {
    await connection.close();
  }
}

async function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  await sleep(waitMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
