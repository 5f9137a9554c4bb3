import { WorkflowNotFoundError } from '@temporalio/common';
import { Gathering } from '../domain/notice.ts';
import { nothingGathered } from '../planning/gather-notices.ts';
import { MESSAGES, NOTIFICATIONS_WORKFLOW_ID } from '../temporal/names.ts';
import { exchange } from './exchange.ts';
import type { Session } from './session.ts';

const ANSWER_TIMEOUT_MS = 8_000;

/**
 * What waits to be told, what was told lately, and what channels did not take; nothing where nobody
 * was told anything for an hour. Throws TemporalUnreachable, TemporalRefused.
 */
export async function notifications(session: Session): Promise<Gathering> {
  const handle = session.client.workflow.getHandle(NOTIFICATIONS_WORKFLOW_ID);
  const ask = () => handle.query<unknown>(MESSAGES.notifications);
  try {
    const doing = 'asking what waits to be told';
    return Gathering.parse(await exchange(session, doing, ask, ANSWER_TIMEOUT_MS));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return nothingGathered();
  }
}
