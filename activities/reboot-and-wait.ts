import { activityInfo, CompleteAsyncError } from '@temporalio/activity';
import { durationMs } from '../src/domain/duration.ts';
import { StepFailure } from '../src/domain/failure.ts';
import type { RebootRequired } from '../src/domain/plan.ts';
import type { RebootSummary, StepInput } from '../src/domain/steps.ts';
import { isSameBoot, readBootIdentity } from '../src/host/boot-identity.ts';
import { orderReboot } from '../src/host/order-reboot.ts';
import {
  completed,
  inTurn,
  ORDER_PENDING_MS,
  readRebootRecord,
  rebootSummary,
  withLastOrder,
  writeRebootRecord,
  type RebootOrder,
  type RebootRecord,
} from '../src/host/reboot-record.ts';
import type { StepContext } from './context.ts';

/*
 * | step            | does                                            | undo                             |
 * | --------------- | ----------------------------------------------- | -------------------------------- |
 * | reboot-and-wait | writes the order down, tells the host, and is   | restore, after which it may run  |
 * |                 | answered by the agent that starts after it      | again with purpose `restore`     |
 */

type RebootInput = StepInput & { purpose: 'patch' | 'restore' };

/** Reboots of one cycle: for the patch, for a restore, and one more where an order came to nothing. */
const REBOOTS_MAX = 3;

/**
 * Reboots the host if that is required, exactly once, and is answered after the boot: the activity
 * stays open (CompleteAsyncError) and src/worker/reboot-watch.ts completes it.
 * Run again it gives no second order while one is pending, and answers a reboot that has happened.
 * Fails with `RebootCapReached`, `UnsupportedHost`, `CommandFailed`.
 */
export async function rebootAndWait(
  context: StepContext,
  input: RebootInput,
): Promise<RebootSummary> {
  return inTurn(context.journal, () => answerOrOrder(context, input));
}

async function answerOrOrder(context: StepContext, input: RebootInput): Promise<RebootSummary> {
  const { journal } = context;
  const record = await readRebootRecord(journal);
  const last = record.orders.at(-1);
  if (last?.purpose === input.purpose && isUnanswered(last)) {
    const after = await readBootIdentity();
    const order =
      last.done === null && !isSameBoot(last.before, after)
        ? completed(last, after, Date.now())
        : last;
    const { activityId, base64TaskToken } = activityInfo();
    const answer = order.done === null ? 'open' : 'given';
    const mine: RebootOrder = { ...order, activityId, taskToken: base64TaskToken, answer };
    await writeRebootRecord(journal, withLastOrder(record, mine));
    if (mine.done !== null) return rebootSummary(mine);
    if (Date.now() - Date.parse(mine.orderedAt) < ORDER_PENDING_MS) throw new CompleteAsyncError();
  }
  const required = await reasonToReboot(context, input);
  // "unknown" is not "no": a host that may run old code is rebooted.
  if (required.answer === 'no' && !isForced(input)) return notRebooted(required);
  if (input.policy.reboot === 'never') return notRebooted(required);
  await giveOrder(context, input, record, required);
  throw new CompleteAsyncError();
}

/** Not come to its end; or nobody heard of its end; or the same activity asks again, because the answer was lost. */
function isUnanswered({ answer, activityId, done }: RebootOrder): boolean {
  return done === null || answer !== 'given' || activityId === activityInfo().activityId;
}

async function reasonToReboot(
  { packages }: StepContext,
  { purpose }: { purpose: 'patch' | 'restore' },
): Promise<RebootRequired> {
  if (purpose === 'restore') {
    return { answer: 'yes', reason: 'nothing of the change may keep running after the restore' };
  }
  return packages.rebootRequired();
}

function isForced({ purpose, policy }: RebootInput): boolean {
  return purpose === 'restore' || policy.reboot === 'always';
}

function notRebooted(required: RebootRequired): RebootSummary {
  return { rebooted: false, required, downMs: null };
}

async function giveOrder(
  { journal, tools }: StepContext,
  { host, cycle, policy, purpose }: RebootInput,
  record: RebootRecord,
  required: RebootRequired,
): Promise<void> {
  const number = record.commandsGiven + 1;
  if (number > REBOOTS_MAX) {
    throw new StepFailure(
      'RebootCapReached',
      `${host} was told to reboot ${REBOOTS_MAX} times in this cycle, which is as often as one cycle may.`,
      {
        remedy: `Look at the console of ${host}, reboot it by hand, and resolve with retry, restore or accept.`,
      },
    );
  }
  const { activityId, base64TaskToken } = activityInfo();
  const orderedAt = new Date();
  const order: RebootOrder = {
    purpose,
    required,
    before: await readBootIdentity(),
    orderedAt: orderedAt.toISOString(),
    deadlineAt: new Date(orderedAt.getTime() + durationMs(policy.limits.reboot)).toISOString(),
    activityId,
    taskToken: base64TaskToken,
    done: null,
    answer: 'open',
  };
  // First the record, then the order: a crash in between costs a minute, and no second reboot.
  await writeRebootRecord(journal, { orders: [...record.orders, order], commandsGiven: number });
  try {
    await orderReboot(tools.run, host, `patchcycle-${cycle}-reboot-${number}`);
  } catch (error) {
    if (error instanceof StepFailure) {
      // The host did not take it: nobody has to wait for a reboot. (Anything else, the agent being
      // stopped for example, leaves open whether it did.)
      await writeRebootRecord(journal, { ...record, commandsGiven: number });
    }
    throw error;
  }
}
