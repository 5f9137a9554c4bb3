import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { ShortName } from '../../src/domain/names.ts';
import { SlotBook, type SlotRequest } from '../../src/domain/slot.ts';
import { budgetGroupOf } from '../../src/temporal/names.ts';

/** Everything one run of a group's book knows. */
export type GroupBook = {
  readonly group: string;
  readonly book: SlotBook;
  /** Cycles that have not heard yet how it stands with their request. */
  readonly toTell: SlotRequest[];
  /** Something was heard since the last turn. */
  heard: boolean;
  /** It is time to look for holders whose cycle is gone. */
  mayBeGone: boolean;
};

/**
 * The book of the group that the workflow's ID names, empty or as its last run left it.
 * Throws ApplicationFailure `BadInput` where there is none.
 */
export function openBook(rawBook: unknown): GroupBook {
  const group = ShortName.safeParse(budgetGroupOf(workflowInfo().workflowId));
  const book = SlotBook.safeParse(rawBook ?? EMPTY);
  if (!group.success || !book.success) {
    throw ApplicationFailure.nonRetryable('This is no disruption budget of a group.', 'BadInput', {
      remedy: 'It begins by itself when a cycle asks for a slot.',
    });
  }
  return { group: group.data, book: book.data, toTell: [], heard: false, mayBeGone: false };
}

const EMPTY: SlotBook = { holders: [], queue: [], freed: [], refused: [], refusedCount: 0 };
