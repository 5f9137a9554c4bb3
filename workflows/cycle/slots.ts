import { ApplicationFailure, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import { durationMs } from '../../src/domain/duration.ts';
import type { Budget } from '../../src/domain/group.ts';
import { SlotNotice, type SlotReturn } from '../../src/domain/slot.ts';
import { parseMessage } from '../../src/planning/parse-message.ts';
import { takingOrder } from '../../src/planning/slots.ts';
import { nextOpening } from '../../src/planning/windows.ts';
import { budgetWorkflowId } from '../../src/temporal/names.ts';
import { returnSlotSignal, slotSignal } from '../messages.ts';
import { tellWorkflow } from '../tell-workflow.ts';
import { enter, now, planDigest, type Cycle } from './cycle.ts';
import { controlActivities } from './host-steps.ts';
import { readMessage, unread } from './raw-message.ts';
import { runStep } from './run-step.ts';

/** A plan of this age need not be made again; what is refreshed every hour or so rarely changes within it. */
const FRESH_MS = 60_000;

/** In case the group's book was ended from outside; asking again changes nothing. */
const ASK_AGAIN_MS = 60 * 60_000;

/** So many waits are months of nightly windows; somebody has to look at the budget. */
const WAITS_MAX = 100;

/**
 * Listens to the books of its groups. What is said of an earlier wait is left aside, and a slot
 * that is not wanted any more is given back.
 */
export function listenToBudgets(cycle: Cycle): void {
  setHandler(
    unread(slotSignal),
    (raw) => {
      const read = readMessage(raw);
      const parsed = read.readable ? parseMessage(read.message, SlotNotice) : null;
      if (!parsed?.ok) return;
      const { group, turn, granted, heldBy } = parsed.value;
      const slot = cycle.slots.get(group);
      if (slot === undefined && granted) giveBack(cycle, group);
      if (slot?.turn !== turn) return;
      slot.held ||= granted;
      slot.heldBy = heldBy;
      if (cycle.state.name === 'awaiting-slot')
        enter(cycle, awaitingSlot(cycle, cycle.state.since));
    },
    {
      description:
        'A slot of a group was granted, or who holds them; sent by the book of the group',
    },
  );
}

/**
 * Takes a slot of each group of this host that has a budget, in the order in which everybody takes
 * them. Answers whether the world may have changed meanwhile: then the plan is made again, with
 * the slots in hand, or given back where the window is too short by now.
 */
export async function waitForSlots(cycle: Cycle): Promise<boolean> {
  const missing = takingOrder(cycle.input.budgets).filter(
    ({ group }) => cycle.slots.get(group)?.held !== true,
  );
  if (missing.length === 0) return false;
  const { policy } = cycle.input;
  const opening = nextOpening(policy, Date.now(), durationMs(policy.limits.wholeCycle));
  const untilMs = (opening?.closesAtMs ?? 0) - durationMs(policy.limits.wholeCycle);
  const askedMs = Date.now();
  enter(cycle, awaitingSlot(cycle, now()));
  const taken = await runStep(
    cycle,
    'slot',
    async () => {
      for (const budget of missing) if (!(await takeSlot(cycle, budget, untilMs))) return false;
      return true;
    },
    (all) => (all ? `a slot of ${groupsOf(missing)}` : `the window closes before one was free`),
  );
  if (!taken) giveSlotsBack(cycle);
  if (taken && Date.now() - askedMs < FRESH_MS) return false;
  if (++cycle.slotWaits > WAITS_MAX) throw neverFree(cycle, missing);
  return true;
}

async function takeSlot(cycle: Cycle, { group, slots }: Budget, untilMs: number): Promise<boolean> {
  const { workflowId, runId } = workflowInfo();
  const { input, startedAt } = cycle;
  const { host } = input;
  const turn = ++cycle.slotTurns;
  const slot = { turn, held: false, heldBy: [] };
  cycle.slots.set(group, slot);
  await cycle.told; // What was given back arrives before what is asked for.
  for (;;) {
    const control = controlActivities(`ask for a slot of ${group}`);
    const request = { host, workflowId, runId, startedAt, turn, slots };
    await control.askForSlot({ group, request });
    const leftMs = untilMs - Date.now();
    const summary = `a slot of ${group} for ${host}`;
    const askAgainMs = Math.max(1, Math.min(leftMs, ASK_AGAIN_MS));
    if (await condition(() => slot.held, askAgainMs, { summary })) return true;
    if (Date.now() >= untilMs) return false;
  }
}

/** Gives back what is held, and withdraws what was asked for. The cycle goes on meanwhile. */
export function giveSlotsBack(cycle: Cycle): void {
  for (const group of cycle.slots.keys()) giveBack(cycle, group);
  cycle.slots.clear();
}

function giveBack(cycle: Cycle, group: string): void {
  const message: SlotReturn = { host: cycle.input.host, runId: workflowInfo().runId };
  const given = () => tellWorkflow(budgetWorkflowId(group), returnSlotSignal, message);
  cycle.told = cycle.told.then(given).then(() => undefined);
}

function awaitingSlot(cycle: Cycle, since: string) {
  const { input, slots } = cycle;
  const missing = input.budgets
    .filter(({ group }) => slots.get(group)?.held !== true)
    .map(({ group }) => ({ group, heldBy: slots.get(group)?.heldBy ?? [] }));
  return { name: 'awaiting-slot' as const, digest: planDigest(cycle), since, missing };
}

function groupsOf(budgets: readonly Budget[]): string {
  return budgets.map(({ group }) => group).join(', ');
}

function neverFree({ input }: Cycle, missing: readonly Budget[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${input.host} waited ${WAITS_MAX} times for a slot of ${groupsOf(missing)}, and each time in vain.`,
    'WindowClosed',
    { remedy: `Look who holds them: patchcycle budget. Make the budget or the window larger.` },
  );
}
