import {
  allHandlersFinished,
  condition,
  continueAsNew,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { SlotNotice, SlotRequest } from '../src/domain/slot.ts';
import { grantNext, holdsSlot, returnSlot } from '../src/planning/slots.ts';
import { openBook, type GroupBook } from './budget/book.ts';
import { showBook } from './budget/details.ts';
import { findGone } from './budget/find-gone.ts';
import { listenToCycles } from './budget/listen.ts';
import { now } from './cycle/cycle.ts';
import { slotSignal } from './messages.ts';
import { tellWorkflow } from './tell-workflow.ts';

/** How soon a cycle that was ended from outside is found. */
const LOOK_EVERY_MS = 10 * 60_000;

const HOLDERS_TOLD = 20;

/**
 * The disruption budget of one group: hands out its slots to cycles, whoever started them. It
 * lives while somebody holds or wants one.
 */
export async function groupBudget(rawBook?: unknown): Promise<void> {
  const group = openBook(rawBook);
  const { book } = group;
  listenToCycles(group);
  void lookNowAndThen(group);
  for (;;) {
    group.heard = false;
    await handOut(group);
    showBook(group);
    const idle = book.holders.length + book.queue.length === 0;
    if (!group.heard && (idle || isFull())) {
      await condition(allHandlersFinished);
      if (group.heard) continue;
      if (idle) return;
      await continueAsNew<typeof groupBudget>(book);
    }
    await condition(() => group.heard || group.mayBeGone || isFull());
    if (!group.mayBeGone) continue;
    group.mayBeGone = false;
    await findGone(group);
  }
}

/** Grants what is free, and tells who asked meanwhile how it stands. */
async function handOut(group: GroupBook): Promise<void> {
  const { book } = group;
  const told = new Set<string>();
  for (;;) {
    const holder = grantNext(book, now());
    if (holder === null) break;
    told.add(holder.runId);
    // One that was ended meanwhile begins nothing.
    if (!(await tell(group, holder, true))) returnSlot(book, holder);
  }
  for (const request of group.toTell.splice(0)) {
    if (!told.has(request.runId)) await tell(group, request, holdsSlot(book, request));
  }
}

function tell(
  { group, book }: GroupBook,
  request: SlotRequest,
  granted: boolean,
): Promise<boolean> {
  const heldBy = book.holders.map(({ host }) => host).slice(0, HOLDERS_TOLD);
  const notice: SlotNotice = { group, turn: request.turn, granted, heldBy };
  return tellWorkflow(request.workflowId, slotSignal, notice, request.runId);
}

async function lookNowAndThen(group: GroupBook): Promise<void> {
  for (;;) {
    await sleep(LOOK_EVERY_MS, { summary: 'look for holders whose cycle is over' });
    group.mayBeGone = true;
  }
}

function isFull(): boolean {
  return workflowInfo().continueAsNewSuggested;
}
