import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { ShortName } from '../domain/names.ts';
import { SlotBook, SlotFree } from '../domain/slot.ts';
import { budgetGroupOf, budgetWorkflowId, MESSAGES, WORKFLOW_TYPES } from '../temporal/names.ts';
import { ask } from './ask.ts';
import { BadRequest, DecisionRefused, NoAnswer } from './errors.ts';
import { exchange } from './exchange.ts';
import type { Session } from './session.ts';

/** Finding out whether the cycle is gone takes a step of a central worker. */
const FREE_TIMEOUT_MS = 15_000;

const GROUPS_LISTED_MAX = 1_000;

const NOBODY: SlotBook = { holders: [], queue: [], freed: [], refused: [], refusedCount: 0 };

export type GroupBudgetStatus = { group: string; book: SlotBook };

/** The groups of which somebody holds or wants a slot now. Throws TemporalUnreachable, TemporalRefused. */
export async function listBudgets(session: Session): Promise<GroupBudgetStatus[]> {
  const groups: string[] = [];
  await exchange(session, 'listing the budgets', async () => {
    const query = `WorkflowType = '${WORKFLOW_TYPES.groupBudget}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of session.client.workflow.list({ query })) {
      const group = budgetGroupOf(workflowId);
      if (group !== null) groups.push(group);
      if (groups.length >= GROUPS_LISTED_MAX) break;
    }
  });
  return Promise.all(groups.sort().map((group) => budgetStatus(session, group)));
}

/** Who holds a slot of a group and who waits; nobody where no cycle ever asked. Throws NoAnswer, BadRequest, TemporalUnreachable. */
export async function budgetStatus(session: Session, group: string): Promise<GroupBudgetStatus> {
  const doing = `asking for the budget of ${group}`;
  const workflowId = budgetWorkflowId(checked(group));
  const answer = (await ask(session, doing, workflowId, MESSAGES.budget)) ?? NOBODY;
  return { group, book: SlotBook.parse(answer) };
}

/**
 * Takes the slot from a host whose cycle is gone; whoever does so has seen that the host is well.
 * Throws DecisionRefused with the reason, NoAnswer, BadRequest, TemporalUnreachable.
 */
export async function freeSlot(
  session: Session,
  group: string,
  words: SlotFree,
): Promise<SlotBook> {
  const handle = session.client.workflow.getHandle(budgetWorkflowId(checked(group)));
  const parsed = SlotFree.safeParse(words);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadRequest(`Nothing was sent: ${issue?.message}`, 'Correct it and send it again.');
  }
  try {
    const send = () =>
      handle.executeUpdate<SlotBook, [SlotFree]>(MESSAGES.freeSlot, { args: [parsed.data] });
    return await exchange(session, `freeing a slot of ${group}`, send, FREE_TIMEOUT_MS);
  } catch (error) {
    throw freeError(error, group, words.host);
  }
}

function freeError(error: unknown, group: string, host: string): unknown {
  const look = `See who holds them: patchcycle budget ${group}`;
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const message = `The slot of ${host} stays. ${error.cause.message}`;
    return new DecisionRefused(message, look, { cause: error });
  }
  if (error instanceof WorkflowNotFoundError) {
    return new DecisionRefused(`Nobody holds a slot of ${group}.`, look, { cause: error });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    const message = `No central worker answered within ${FREE_TIMEOUT_MS / 1_000} s; the slot may still be freed.`;
    return new NoAnswer(message, 'Check that one runs: patchcycle doctor', { cause: error });
  }
  return error;
}

function checked(group: string): string {
  const name = ShortName.safeParse(group);
  if (name.success) return name.data;
  throw new BadRequest(`${JSON.stringify(group)} is no group.`, 'Name one of the file of hosts.');
}
