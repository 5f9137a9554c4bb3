import type { ProbeResult } from '../domain/health.ts';

/** The middle of five answers says how fast a service is; one may be slow by chance. */
const TRIES = 5;

/** One try of five may go wrong: a service that fails more often is not well. */
const MISSES_MAX = 1;

/** One try: what it came to, in a few words where it did not answer as it should. */
export type Try = { ok: true; ms: number } | { ok: false; detail: string };

/**
 * Asks five times, one after the other, and stops when it is clear that the probe fails. The whole
 * is bounded by five times the limit of one try.
 */
export async function probe(name: string, ask: () => Promise<Try>): Promise<ProbeResult> {
  const times: number[] = [];
  let misses = 0;
  let detail = '';
  for (let n = 0; n < TRIES && misses <= MISSES_MAX; n++) {
    const answer = await ask();
    if (answer.ok) {
      times.push(answer.ms);
    } else {
      misses++;
      detail = answer.detail;
    }
  }
  const ok = misses <= MISSES_MAX;
  return {
    probe: name,
    ok,
    detail: (ok ? (misses === 0 ? 'answers' : `answers, except once: ${detail}`) : detail).slice(
      0,
      300,
    ),
    medianMs: times.length === 0 ? null : median(times),
  };
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = Math.floor((sorted.length - 1) / 2);
  // Microseconds are as exact as a comparison needs.
  return Math.round((sorted[middle] ?? 0) * 1_000) / 1_000;
}
