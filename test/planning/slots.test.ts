import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SlotBook, SlotRequest } from '../../src/domain/slot.ts';
import {
  askSlot,
  grantNext,
  holdsSlot,
  returnSlot,
  takingOrder,
} from '../../src/planning/slots.ts';

type Book = Pick<SlotBook, 'holders' | 'queue'>;

const NOW = '2026-11-28T00:00:00.000Z';
const bookOf = (): Book => ({ holders: [], queue: [] });
const request = (host: string, slots: number, runId = `run of ${host}`): SlotRequest => ({
  ...{ host, slots, runId },
  workflowId: `patch/${host}`,
  ...{ startedAt: NOW, turn: 1 },
});

/** Grants all that can be granted; answers to whom. */
function grant(book: Book): string[] {
  const granted: string[] = [];
  for (;;) {
    const holder = grantNext(book, NOW);
    if (holder === null) return granted;
    granted.push(holder.host);
  }
}

describe('the slots of a group', () => {
  it('are given in the order in which they were asked for, so many at once', () => {
    const book = bookOf();
    for (const host of ['a', 'b', 'c']) askSlot(book, request(host, 2));
    expect(grant(book)).toEqual(['a', 'b']);
    returnSlot(book, request('b', 2));
    expect(grant(book)).toEqual(['c']);
  });

  it('stay with a host until its own cycle gives them back', () => {
    const book = bookOf();
    askSlot(book, request('a', 1));
    grant(book);
    returnSlot(book, request('a', 1, 'an earlier run'));
    expect(book.holders).toHaveLength(1);
  });

  it('go on with the next cycle of a host whose last one left it holding', () => {
    const book = bookOf();
    askSlot(book, request('a', 1));
    grant(book);
    askSlot(book, request('a', 1, 'the next run'));
    expect(book).toMatchObject({ holders: [{ runId: 'the next run' }], queue: [] });
    expect(holdsSlot(book, request('a', 1, 'the next run'))).toBe(true);
    returnSlot(book, request('a', 1, 'the next run'));
    expect(book.holders).toEqual([]);
  });

  it('stay with the cycle that began last, when an earlier one of its host is heard late', () => {
    const later = { ...request('a', 1, 'the next run'), startedAt: '2026-11-28T00:10:00.000Z' };
    const late = request('a', 1, 'the last run');
    const book = bookOf();
    askSlot(book, later);
    askSlot(book, late);
    expect(book.queue).toEqual([later]);
    grant(book);
    askSlot(book, late);
    expect(holdsSlot(book, later)).toBe(true);
  });

  it('are not given beyond a smaller budget, whoever of those that hold or ask was told of it', () => {
    const book = bookOf();
    askSlot(book, request('a', 1));
    grant(book);
    askSlot(book, request('b', 5));
    expect(grant(book)).toEqual([]);
    returnSlot(book, request('a', 1));
    expect(grant(book)).toEqual(['b']);
    askSlot(book, request('c', 1));
    expect(grant(book)).toEqual([]);
  });
});

describe('the slots of several groups', () => {
  it('are taken in one order by all, those of which there is only one first', () => {
    const [all, pair, web] = [
      { group: 'all', slots: 20 },
      { group: 'pair', slots: 1 },
      { group: 'web', slots: 3 },
    ];
    expect(takingOrder([web, all, pair])).toEqual([pair, all, web]);
    expect(takingOrder([all, pair, web])).toEqual([pair, all, web]);
  });
});

describe('whoever asks and gives back when, and whatever budget each was told', () => {
  const acts = fc.array(
    fc.record({
      act: fc.constantFrom('ask', 'return', 'new run'),
      host: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      slots: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 60 },
  );

  it('no budget is exceeded, every host has one slot at most, and nobody waits who could go', () => {
    fc.assert(
      fc.property(acts, (happenings) => {
        const book = bookOf();
        let runs = 0;
        const runOf = new Map<string, string>();
        for (const { act, host, slots } of happenings) {
          if (act === 'new run') runOf.set(host, `run ${++runs}`);
          const asked = request(host, slots, runOf.get(host) ?? 'run 0');
          const held = holdsSlot(book, asked);
          if (act === 'ask' && !held) askSlot(book, asked);
          if (act === 'return') returnSlot(book, asked);
          const before = book.holders.length;
          grant(book);
          const least = Math.min(...book.holders.map((holder) => holder.slots));
          if (book.holders.length > before) expect(book.holders.length).toBeLessThanOrEqual(least);
          const hosts = [...book.holders, ...book.queue].map((each) => each.host);
          expect(new Set(hosts).size).toBe(hosts.length);
          if (book.holders.length === 0) expect(book.queue).toEqual([]);
        }
      }),
    );
  });

  it('everybody who waits comes to a slot when those before give theirs back', () => {
    fc.assert(
      fc.property(acts, (happenings) => {
        const book = bookOf();
        for (const { host, slots } of happenings) askSlot(book, request(host, slots));
        const waited = book.queue.map((each) => each.host);
        const served: string[] = [];
        while (book.queue.length > 0) {
          served.push(...grant(book));
          const [first] = book.holders;
          if (first !== undefined) returnSlot(book, first);
        }
        expect(served).toEqual(waited);
      }),
    );
  });
});
