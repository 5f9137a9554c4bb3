import { ActivityFailure, proxyActivities } from '@temporalio/workflow';
import { TROUBLES_MAX, type Bulletin, type Gathering } from '../../src/domain/notice.ts';
import type { ControlActivities } from '../../src/domain/steps.ts';
import { partFor } from '../../src/planning/gather-notices.ts';
import { CENTRAL_TASK_QUEUE } from '../../src/temporal/names.ts';
import { now } from '../cycle/cycle.ts';
import { showGathering } from './details.ts';

export type Mailroom = {
  readonly gathering: Gathering;
  /** Messages that channels have not taken yet. */
  underWay: number;
};

/** A channel that is away for longer misses the message, and the workflow remembers that. */
const GIVE_UP_AFTER_MS = 15 * 60_000;

/** Hands the bulletin to every channel that is told of it, to each on its own: none waits for another. */
export function sendBulletin(mailroom: Mailroom, bulletin: Bulletin): void {
  for (const { name, kinds } of mailroom.gathering.rules?.channels ?? []) {
    const part = partFor(bulletin, kinds);
    if (part !== null) void sendTo(mailroom, name, part);
  }
}

async function sendTo(mailroom: Mailroom, channel: string, bulletin: Bulletin): Promise<void> {
  mailroom.underWay += 1;
  try {
    const { deliver } = proxyActivities<Pick<ControlActivities, 'deliver'>>({
      taskQueue: CENTRAL_TASK_QUEUE,
      scheduleToCloseTimeout: GIVE_UP_AFTER_MS,
      startToCloseTimeout: '1m',
      retry: { initialInterval: '2s', backoffCoefficient: 3, maximumInterval: '2m' },
      summary: `tell ${channel}`,
    });
    await deliver({ channel, bulletin });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    noteTrouble(mailroom.gathering, channel, error);
  } finally {
    mailroom.underWay -= 1;
  }
}

function noteTrouble(
  gathering: Gathering,
  channel: string,
  { cause, message }: ActivityFailure,
): void {
  const why = (cause?.message ?? message).slice(0, 500);
  gathering.troubles = [...gathering.troubles, { at: now(), channel, why }].slice(-TROUBLES_MAX);
  showGathering(gathering);
}
