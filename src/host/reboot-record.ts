import { z } from 'zod';
import { BootIdentity } from '../domain/facts.ts';
import { RebootRequired } from '../domain/plan.ts';
import type { RebootSummary } from '../domain/steps.ts';
import type { Journal } from './journal.ts';

/** One reboot that was asked for. It is written down before the host is told, and completed after the boot. */
export const RebootOrder = z.object({
  purpose: z.enum(['patch', 'restore']),
  required: RebootRequired,
  before: BootIdentity,
  orderedAt: z.iso.datetime(),
  /** By when the host is to be back, as the policy says; the server's own time limit is what counts. */
  deadlineAt: z.iso.datetime(),
  /** Which activity waits for the answer. */
  activityId: z.string(),
  /** The key to answer that activity, base64. It is worth nothing outside of this server and namespace. */
  taskToken: z.string(),
  /** Set when another boot identity was seen. */
  done: z.object({ after: BootIdentity, downMs: z.number() }).nullable(),
  /** Whether the waiting activity was answered; `gone` means that it had been given up before. */
  answer: z.enum(['open', 'given', 'gone']),
});
export type RebootOrder = z.infer<typeof RebootOrder>;

/** All reboots of one cycle; a journal entry. */
export const RebootRecord = z.object({
  orders: z.array(RebootOrder),
  /** How often the host was really told to reboot. */
  commandsGiven: z.number().int(),
});
export type RebootRecord = z.infer<typeof RebootRecord>;

const ENTRY = 'reboot';

/**
 * How long after an order the host may still be running without that meaning that the order came
 * to nothing. The agent is among the first that a shutdown ends, so this is generous.
 */
export const ORDER_PENDING_MS = 60_000;

export async function readRebootRecord(journal: Journal): Promise<RebootRecord> {
  const document = await journal.read(ENTRY);
  return document === undefined ? { orders: [], commandsGiven: 0 } : RebootRecord.parse(document);
}

export async function writeRebootRecord(journal: Journal, record: RebootRecord): Promise<void> {
  await journal.write(ENTRY, record);
}

/** The last in the queue for each cycle's record. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Runs work that reads the record and writes it again, one at a time: the agent's watch and a step
 * that asks again do both at the same moment, and what one has written the other must not undo.
 * Only the agent's one process writes it, so waiting within the process is enough.
 */
export async function inTurn<T>({ directory }: Journal, work: () => Promise<T>): Promise<T> {
  const before = turns.get(directory);
  const mine = (async () => {
    await before;
    return work();
  })();
  const ended = mine.then(
    () => undefined,
    () => undefined,
  );
  turns.set(directory, ended);
  try {
    return await mine;
  } finally {
    if (turns.get(directory) === ended) turns.delete(directory);
  }
}

/** The record with its last order changed. */
export function withLastOrder(record: RebootRecord, order: RebootOrder): RebootRecord {
  return { ...record, orders: [...record.orders.slice(0, -1), order] };
}

/** The order as completed by this boot. The time down ends when the agent is there again. */
export function completed(order: RebootOrder, after: BootIdentity, nowMs: number): RebootOrder {
  const downMs = Math.max(0, nowMs - Date.parse(order.orderedAt));
  return { ...order, done: { after, downMs } };
}

export function rebootSummary({ required, done }: RebootOrder): RebootSummary {
  return { rebooted: true, required, downMs: done?.downMs ?? null };
}
