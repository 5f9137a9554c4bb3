import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 1_000;
/** A server that comes back is noticed within this time, and a thousand hosts do not storm it. */
const LONGEST_MS = 30_000;

/** How long to wait after the attempt of this number (from 1) failed: 1 s, doubling, 30 s at most, up to a quarter less by chance. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.round(full * (1 - random() / 4));
}

export type KeepTryingSettings = {
  /** Told once when the first attempt fails, and once when a later one succeeds. */
  say: (sentence: string) => void;
  /** Where to, for the sentences. */
  address: string;
  signal: AbortSignal;
  wait?: (waitMs: number, signal: AbortSignal) => Promise<void>;
};

/**
 * Connects, for ever, with bounded backoff. Throws the signal's reason when it is aborted; nothing
 * else ends it.
 */
export async function keepTrying<T>(
  connect: () => Promise<T>,
  { say, address, signal, wait = defaultWait }: KeepTryingSettings,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const connection = await connect();
      if (attempt > 1) say(`Temporal answers again at ${address}.`);
      return connection;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (attempt === 1) say(`Temporal does not answer at ${address}; trying on. (${why})`);
    }
    await wait(backoffMs(attempt), signal);
  }
}

async function defaultWait(waitMs: number, signal: AbortSignal): Promise<void> {
  await sleep(waitMs, undefined, { signal });
}

export type WatchSettings = KeepTryingSettings & { everyMs: number };

/**
 * Asks every so often whether the server answers, and says once when it does not any more and once
 * when it does again. The worker's own polling needs no help: it tries on by itself. Ends when the
 * signal is aborted.
 */
export async function watchConnection(
  ask: () => Promise<unknown>,
  { say, address, signal, everyMs, wait = defaultWait }: WatchSettings,
): Promise<void> {
  let lost = false;
  while (!signal.aborted) {
    const why = await reasonOfFailure(ask);
    if (why !== null && !lost)
      say(`Temporal does not answer at ${address} any more; trying on. (${why})`);
    if (why === null && lost) say(`Temporal answers again at ${address}.`);
    lost = why !== null;
    await wait(everyMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

async function reasonOfFailure(ask: () => Promise<unknown>): Promise<string | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
