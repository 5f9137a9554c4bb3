import { beforeEach, describe, expect, it } from '@jest/globals';
import { backoffMs, keepTrying, watchConnection } from '../../src/temporal/reconnect.ts';

let said: string[];
let waits: number[];
let stop: AbortController;
beforeEach(() => {
  said = [];
  waits = [];
  stop = new AbortController();
});

function settings() {
  return {
    say: (sentence: string) => void said.push(sentence),
    address: 'temporal.example:7233',
    signal: stop.signal,
    wait: async (waitMs: number) => void waits.push(waitMs),
  };
}

/** Fails that often, then answers. */
function failing(times: number): () => Promise<string> {
  let attempts = 0;
  return async () => {
    attempts += 1;
    if (attempts <= times) throw new Error(`refused ${attempts}`);
    return 'connected';
  };
}

describe('keepTrying', () => {
  it('says nothing when the first attempt succeeds', async () => {
    expect(await keepTrying(failing(0), settings())).toBe('connected');
    expect(said).toEqual([]);
  });

  it('tries a thousand times and says two sentences', async () => {
    expect(await keepTrying(failing(1_000), settings())).toBe('connected');
    expect(said).toEqual([
      'Temporal does not answer at temporal.example:7233; trying on. (refused 1)',
      'Temporal answers again at temporal.example:7233.',
    ]);
    expect(waits).toHaveLength(1_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
  });

  it('ends when it is told to stop', async () => {
    const connect = failing(Number.POSITIVE_INFINITY);
    const wait = async () => stop.abort(new Error('stopped'));
    await expect(keepTrying(connect, { ...settings(), wait })).rejects.toThrow('stopped');
  });
});

describe('backoffMs', () => {
  it('doubles from a second up to half a minute', () => {
    const longest = Array.from({ length: 7 }, (_, index) => backoffMs(index + 1, () => 0));
    expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(backoffMs(1_000_000, () => 0)).toBe(30_000);
  });

  it('is shorter by chance, by a quarter at most, so that a fleet does not come all at once', () => {
    expect(backoffMs(6, () => 1)).toBe(22_500);
  });
});

describe('watchConnection', () => {
  it('says once that the server is lost and once that it is back', async () => {
    const answers = [true, true, false, false, false, true, true, false];
    const ask = async () => {
      const answer = answers.shift();
      if (answers.length === 0) stop.abort();
      if (answer !== true) throw new Error('unavailable');
    };
    await watchConnection(ask, { ...settings(), everyMs: 15_000 });
    expect(said).toEqual([
      'Temporal does not answer at temporal.example:7233 any more; trying on. (unavailable)',
      'Temporal answers again at temporal.example:7233.',
      'Temporal does not answer at temporal.example:7233 any more; trying on. (unavailable)',
    ]);
    expect(new Set(waits)).toEqual(new Set([15_000]));
  });
});
