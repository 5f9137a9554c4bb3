import {
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type Client,
  type Connection,
  type ConnectionOptions,
} from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';

/** One connection to one namespace; what every function of this folder works with. */
export type Session = {
  client: Client;
  connection: Connection;
  /** `host:port`, for messages. */
  address: string;
  namespace: string;
  /** Null where the Web UI's address is not known. */
  uiUrl: string | null;
  /** Aborted when the client is closed; everything under way ends then. */
  closing: AbortController;
  /** What is under way. */
  calls: Set<Promise<unknown>>;
};

/** Longest pause between two tries of one call, so that a closed client waits no longer than this. */
const RETRY_PAUSE_MAX_MS = 500;

/**
 * How single calls are repeated while a server restarts: as the SDK does, but in short steps, and
 * no more once the client is closed: the SDK's own retry throws outside of any promise then.
 */
export function retryInterceptors(
  closing: AbortSignal,
): NonNullable<ConnectionOptions['interceptors']> {
  const usual = defaultGrpcRetryOptions();
  return [
    makeGrpcRetryInterceptor({
      retryableDecider: (attempt, status) =>
        !closing.aborted && usual.retryableDecider(attempt, status),
      delayFunction: (attempt, status) =>
        Math.min(RETRY_PAUSE_MAX_MS, usual.delayFunction(attempt, status)),
    }),
  ];
}

export type CallBounds = {
  /** Ends the call; its reason is thrown. */
  stop?: AbortSignal;
  timeoutMs?: number;
};

/** Runs work that calls the server, until it is done, out of time, stopped, or the client is closed. */
export async function call<T>(
  { connection, closing, calls }: Session,
  work: () => Promise<T>,
  { stop, timeoutMs }: CallBounds = {},
): Promise<T> {
  const signal = AbortSignal.any([closing.signal, ...(stop === undefined ? [] : [stop])]);
  signal.throwIfAborted();
  const bounded = () =>
    timeoutMs === undefined ? work() : connection.withDeadline(Date.now() + timeoutMs, work);
  const running = connection.withAbortSignal(signal, bounded);
  const done = running.finally(() => calls.delete(running));
  calls.add(running);
  const stopped = Promise.withResolvers<never>();
  const tell = () => stopped.reject(signal.reason as Error);
  signal.addEventListener('abort', tell, { once: true });
  try {
    return await Promise.race([done, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', tell);
    // Whoever stopped the work was told so; how it ended after that matters to nobody.
    done.catch(() => undefined);
  }
}

/** Ends everything under way, then the connection. */
export async function closeSession({ closing, calls, connection }: Session): Promise<void> {
  closing.abort(new Error('the connection to Temporal was closed'));
  const idle = Promise.allSettled([...calls]);
  await Promise.race([idle, sleep(4 * RETRY_PAUSE_MAX_MS, undefined, { ref: false })]);
  await connection.close();
}
