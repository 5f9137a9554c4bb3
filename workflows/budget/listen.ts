import type { RawValue } from '@temporalio/common';
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import { REFUSED_MESSAGES_MAX } from '../../src/domain/decision.ts';
import { SlotFree, SlotRequest, SlotReturn } from '../../src/domain/slot.ts';
import { parseMessage, type ParsedMessage } from '../../src/planning/parse-message.ts';
import { askSlot, returnSlot } from '../../src/planning/slots.ts';
import { now } from '../cycle/cycle.ts';
import { readMessage, unread } from '../cycle/raw-message.ts';
import { askSlotSignal, budgetQuery, freeSlotUpdate, returnSlotSignal } from '../messages.ts';
import type { GroupBook } from './book.ts';
import { findGone } from './find-gone.ts';

/** Listens to cycles, and to people who free what a cycle left behind. */
export function listenToCycles(group: GroupBook): void {
  const { book } = group;
  const parsed = <T>(raw: RawValue | undefined, schema: Parameters<typeof parseMessage<T>>[1]) => {
    const read = readMessage(raw);
    return read.readable
      ? parseMessage(read.message, schema)
      : { ok: false as const, why: read.why };
  };
  setHandler(
    unread(askSlotSignal),
    (raw) => {
      const request = parsed(raw, SlotRequest);
      if (!request.ok) return refuse(group, 'ask-slot', request);
      if (!askSlot(book, request.value)) {
        return refuse(group, 'ask-slot', { ok: false, why: 'too many hosts wait already' });
      }
      group.toTell.push(request.value);
      group.heard = true;
    },
    { description: 'A cycle asks for a slot; sent on its behalf' },
  );
  setHandler(
    unread(returnSlotSignal),
    (raw) => {
      const given = parsed(raw, SlotReturn);
      if (!given.ok) return refuse(group, 'return-slot', given);
      returnSlot(book, given.value);
      group.heard = true;
    },
    { description: 'A cycle gives its slot back; sent by the cycle itself' },
  );
  setHandler(freeSlotUpdate, (message: unknown) => freeSlot(group, message), {
    validator: (message: unknown) => void wellFormed(message),
    description:
      'Take the slot from a host whose cycle is gone: {"host": which, "by": who, "why": a sentence}',
  });
  setHandler(budgetQuery, () => book, {
    description: 'Who holds a slot of this group, and who waits for one',
  });
}

function wellFormed(message: unknown): SlotFree {
  const parsed = parseMessage(message, SlotFree);
  if (parsed.ok) return parsed.value;
  throw refusal(parsed.why);
}

/** Throws the ApplicationFailure that tells the person why the slot stays. */
async function freeSlot(group: GroupBook, message: unknown) {
  const free = wellFormed(message);
  const { book } = group;
  const isKnown = await findGone(group);
  const holder = book.holders.find(({ host }) => host === free.host);
  if (holder === undefined) throw refusal(`${free.host} holds no slot of ${group.group}`);
  if (holder.gone === undefined && !isKnown) {
    throw refusal(`whether the cycle of ${free.host} is over could not be found out; try again`);
  }
  if (holder.gone === undefined) {
    throw refusal(`the cycle of ${free.host} runs; see it with: patchcycle status ${free.host}`);
  }
  returnSlot(book, holder);
  book.freed = [...book.freed, { ...free, at: now() }].slice(-FREED_KEPT);
  group.heard = true;
  return book;
}

/** The schema of the book has the same bound. */
const FREED_KEPT = 50;

function refusal(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Refused: ${why}.`, 'DecisionRefused');
}

function refuse({ book }: GroupBook, kind: string, message: ParsedMessage<unknown>): void {
  book.refusedCount += 1;
  if (message.ok || book.refused.length >= REFUSED_MESSAGES_MAX) return;
  book.refused.push({ at: now(), kind, by: null, why: message.why.slice(0, 500) });
}
