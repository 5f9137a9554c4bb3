import { ActivityFailure, condition, proxyActivities, sleep } from '@temporalio/workflow';
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

/** Temporal takes 4 MB with one workflow task, and a character has three bytes at most. */
const TASK_CHARACTERS_MAX = 1_000_000;

/** Temporal takes 2,000 pending activities of one workflow. */
const UNDER_WAY_MAX = 1_000;

/**
 * Hands the bulletins to every channel that is told of them, to each on its own: none waits for
 * another, unless there is more to hand over than Temporal takes at once.
 */
export async function sendBulletins(mailroom: Mailroom, bulletins: Bulletin[]): Promise<void> {
  let characters = 0;
  for (const bulletin of bulletins) {
    for (const { name, kinds } of mailroom.gathering.rules?.channels ?? []) {
      const part = partFor(bulletin, kinds);
      if (part === null) continue;
      const { length } = JSON.stringify(part);
      if (characters + length > TASK_CHARACTERS_MAX) {
        // A timer ends the workflow task, and the next one has room again.
        if (characters > 0) await sleep(1);
        await condition(() => mailroom.underWay < UNDER_WAY_MAX);
        characters = 0;
      }
      characters += length;
      void sendTo(mailroom, name, part);
    }
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
