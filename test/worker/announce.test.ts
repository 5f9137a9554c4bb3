import { describe, expect, it } from '@jest/globals';
import type { Announcement } from '../../src/domain/announcement.ts';
import { announceHost, type AnnounceSettings } from '../../src/worker/announce.ts';

/** Runs the announcing until so many were sent; each tells whether the package tools were asked. */
async function announced(count: number, settings: Partial<AnnounceSettings>): Promise<boolean[]> {
  const stop = new AbortController();
  const asked: boolean[] = [];
  await announceHost({
    observe: async (askPackages) => ({ askPackages }) as unknown as Announcement,
    send: async (announcement) => {
      asked.push((announcement as unknown as { askPackages: boolean }).askPackages);
      if (asked.length >= count) stop.abort();
    },
    isBusy: async () => false,
    say: () => {},
    signal: stop.signal,
    everyMs: 4,
    firstLookMs: 1,
    watchEveryMs: 1,
    ...settings,
  });
  return asked;
}

describe('an agent', () => {
  it('announces its host at once, and asks the package tools a little later and ever again', async () => {
    expect(await announced(3, {})).toEqual([false, true, true]);
  });

  it('leaves the package tools alone while a cycle is at work, and speaks all the same', async () => {
    expect(await announced(3, { isBusy: async () => true })).toEqual([false, false, false]);
  });

  it('asks them as soon as the cycle has ended', async () => {
    let looks = 0;
    const settings = {
      isBusy: async () => ++looks < 5,
      everyMs: 3_600_000,
      firstLookMs: 3_600_000,
    };
    expect(await announced(2, settings)).toEqual([false, true]);
  });

  it('asks them after a cycle that was over before anybody looked whether there is one', async () => {
    const cycleEnded = new EventTarget();
    const hour = { everyMs: 3_600_000, firstLookMs: 3_600_000, watchEveryMs: 3_600_000 };
    const isBusy = async () => {
      queueMicrotask(() => cycleEnded.dispatchEvent(new Event('ended')));
      return false;
    };
    expect(await announced(2, { ...hour, isBusy, cycleEnded })).toEqual([false, true]);
  });

  it('says once that it cannot be heard, and tries on until it is', async () => {
    const said: string[] = [];
    let tries = 0;
    const stop = new AbortController();
    await announceHost({
      observe: async () => ({}) as Announcement,
      send: async () => {
        if (++tries < 4) throw new Error('nobody listens');
        stop.abort();
      },
      isBusy: async () => false,
      say: (line) => void said.push(line),
      signal: stop.signal,
      watchEveryMs: 1,
    });
    expect(tries).toBe(4);
    expect(said).toEqual([expect.stringMatching(/nobody listens/)]);
  });
});
