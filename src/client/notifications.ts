import { Gathering } from '../domain/notice.ts';
import { nothingGathered } from '../planning/gather-notices.ts';
import { MESSAGES, NOTIFICATIONS_WORKFLOW_ID } from '../temporal/names.ts';
import { ask } from './ask.ts';
import type { Session } from './session.ts';

/**
 * What waits to be told, what was told lately, and what channels did not take; nothing where nobody
 * was told anything for an hour. Throws NoAnswer, TemporalUnreachable, TemporalRefused.
 */
export async function notifications(session: Session): Promise<Gathering> {
  const doing = 'asking what waits to be told';
  const answer = await ask(session, doing, NOTIFICATIONS_WORKFLOW_ID, MESSAGES.notifications);
  return answer === null ? nothingGathered() : Gathering.parse(answer);
}
