import type { Budget } from '../domain/group.ts';
import type { SlotBook, SlotHolder, SlotRequest, SlotReturn } from '../domain/slot.ts';
import { SLOT_QUEUE_MAX } from '../domain/slot.ts';

type Book = Pick<SlotBook, 'holders' | 'queue'>;

/**
 * The order in which every cycle takes its slots, so that no two hosts wait for each other in a
 * circle. Those of which there is only one come first: a host that waits for the other one of its
 * pair then holds no slot of a larger group meanwhile.
 */
export function takingOrder(budgets: readonly Budget[]): Budget[] {
  return budgets.toSorted(
    (one, other) =>
      Number(one.slots > 1) - Number(other.slots > 1) || (one.group < other.group ? -1 : 1),
  );
}

/**
 * Notes a request. One slot a host: a new cycle of a host that still holds one goes on with that
 * one, asking again changes nothing, and what an earlier cycle asks late is left aside. Answers
 * whether there was room for it.
 */
export function askSlot(book: Book, request: SlotRequest): boolean {
  const { host, startedAt } = request;
  const isLate = (other: SlotRequest) => other.host === host && other.startedAt > startedAt;
  if (book.holders.some(isLate) || book.queue.some(isLate)) return true;
  const held = book.holders.findIndex((holder) => holder.host === host);
  const queued = book.queue.findIndex((waiting) => waiting.host === host);
  if (held >= 0) {
    const { since } = book.holders[held] as SlotHolder;
    book.holders[held] = { ...request, since };
  } else if (queued >= 0) {
    book.queue[queued] = request;
  } else {
    if (book.queue.length >= SLOT_QUEUE_MAX) return false;
    book.queue.push(request);
  }
  return true;
}

/** The cycle's slot, or its place in the queue, is free again. Another cycle's stays. */
export function returnSlot(book: Book, { host, runId }: SlotReturn): void {
  const others = (entry: SlotReturn) => entry.host !== host || entry.runId !== runId;
  book.holders = book.holders.filter(others);
  book.queue = book.queue.filter(others);
}

/** Whether this host's slot belongs to this very cycle. */
export function holdsSlot({ holders }: Book, { host, runId }: SlotReturn): boolean {
  return holders.some((holder) => holder.host === host && holder.runId === runId);
}

/**
 * Gives the next in the queue its slot, where there is one; null otherwise. There is one while
 * fewer hosts are disrupted than everybody who holds one, and the next one too, was told to be the
 * most: so a budget that was made smaller holds from the next request on. Nobody is passed over.
 */
export function grantNext(book: Book, at: string): SlotHolder | null {
  const [next] = book.queue;
  if (next === undefined) return null;
  const most = Math.min(next.slots, ...book.holders.map(({ slots }) => slots));
  if (book.holders.length >= most) return null;
  book.queue.shift();
  const holder = { ...next, since: at };
  book.holders.push(holder);
  return holder;
}
