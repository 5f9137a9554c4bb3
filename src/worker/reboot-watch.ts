import { ActivityNotFoundError, type AsyncCompletionClient } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../domain/failure.ts';
import { isSameBoot, readBootIdentity } from '../host/boot-identity.ts';
import { openJournal, type Journal } from '../host/journal.ts';
import { lockHolder } from '../host/lock.ts';
import { cycleDirectory, type HostPaths } from '../host/paths.ts';
import {
  completed,
  inTurn,
  ORDER_PENDING_MS,
  readRebootRecord,
  rebootSummary,
  withLastOrder,
  writeRebootRecord,
  type RebootOrder,
} from '../host/reboot-record.ts';
import { backoffMs } from '../temporal/reconnect.ts';
import { applicationFailure } from './application-failure.ts';
import type { Say } from './say.ts';

export type RebootWatchSettings = {
  paths: HostPaths;
  host: string;
  completion: Pick<AsyncCompletionClient, 'complete' | 'fail'>;
  say: Say;
  /** Stops the watching. */
  signal: AbortSignal;
  /** Default {@link ORDER_PENDING_MS}. */
  orderPendingMs?: number;
};

/**
 * Looks after the reboot that the cycle at hand has ordered, until its activity is answered or
 * nothing is pending: called when the agent starts, and right after an order.
 *
 * Another boot identity than before the order completes the activity. The same one, still there a
 * minute after the order, fails it with `RebootNotProven`, which may be retried. While the server
 * cannot be reached it tries on; an activity that was given up in the meantime is left alone, and
 * the reboot stays written down for the step that asks next.
 */
export async function watchReboot(settings: RebootWatchSettings): Promise<void> {
  const { paths, signal, orderPendingMs = ORDER_PENDING_MS } = settings;
  const holder = await lockHolder(paths);
  if (holder === null) return;
  const journal = await openJournal(cycleDirectory(paths, holder.cycle));
  while (!signal.aborted) {
    const order = await inTurn(journal, () => noticeReboot(journal));
    if (order === null) return;
    const pendingMs = Date.parse(order.orderedAt) + orderPendingMs - Date.now();
    if (order.done !== null || pendingMs <= 0) return answer(settings, journal, order);
    await sleepUnless(signal, Math.min(pendingMs, orderPendingMs));
  }
}

/** The order that waits for an answer, with the reboot written down when there was one; or null. */
async function noticeReboot(journal: Journal): Promise<RebootOrder | null> {
  const record = await readRebootRecord(journal);
  const order = record.orders.at(-1);
  if (order === undefined || order.answer !== 'open') return null;
  const boot = await readBootIdentity();
  if (order.done !== null || isSameBoot(order.before, boot)) return order;
  const done = completed(order, boot, Date.now());
  await writeRebootRecord(journal, withLastOrder(record, done));
  return done;
}

async function answer(
  settings: RebootWatchSettings,
  journal: Journal,
  order: RebootOrder,
): Promise<void> {
  const { host, say, signal } = settings;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await giveAnswer(settings, order);
      await inTurn(journal, () => settle(journal, order, 'given'));
      say(
        order.done === null ? `${host} did not reboot as ordered.` : `${host} rebooted as ordered.`,
      );
      return;
    } catch (error) {
      if (error instanceof ActivityNotFoundError) {
        await inTurn(journal, () => settle(journal, order, 'gone'));
        say(
          'The step that had ordered the reboot was given up in the meantime; its cycle says how it goes on.',
        );
        return;
      }
      if (attempt === 1)
        say(`The reboot cannot be reported yet and is tried again: ${String(error)}`);
    }
    await sleepUnless(signal, backoffMs(attempt));
  }
}

async function giveAnswer(
  { completion, host }: RebootWatchSettings,
  order: RebootOrder,
): Promise<void> {
  const token = Buffer.from(order.taskToken, 'base64');
  if (order.done !== null) return completion.complete(token, rebootSummary(order));
  const failure = new StepFailure(
    'RebootNotProven',
    `${host} was told to reboot at ${order.orderedAt} and is still the same boot.`,
    {
      remedy: `It is tried again by itself. If that does not help, look what holds the shutdown up: systemd-inhibit --list; journalctl -b -u systemd-logind.`,
    },
  );
  return completion.fail(token, applicationFailure(failure));
}

/** Writes down that this order was answered, unless another one was given in the meantime. */
async function settle(
  journal: Journal,
  { orderedAt, taskToken }: RebootOrder,
  outcome: 'given' | 'gone',
): Promise<void> {
  const record = await readRebootRecord(journal);
  const last = record.orders.at(-1);
  if (last === undefined || last.orderedAt !== orderedAt || last.taskToken !== taskToken) return;
  await writeRebootRecord(journal, withLastOrder(record, { ...last, answer: outcome }));
}

/** Sleeps, or returns early when the signal is aborted. */
async function sleepUnless(signal: AbortSignal, waitMs: number): Promise<void> {
  await sleep(waitMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
