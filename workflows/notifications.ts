import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { Gathering, PassedNotice } from '../src/domain/notice.ts';
import { gather, nextMoveMs, nothingGathered, takeDue } from '../src/planning/gather-notices.ts';
import { NOTICE_SIZE_MAX, parseMessage } from '../src/planning/parse-message.ts';
import { readMessage, unread } from './cycle/raw-message.ts';
import { noticeSignal, notificationsQuery } from './messages.ts';
import { sendBulletins, type Mailroom } from './notifications/send.ts';
import { showGathering } from './notifications/details.ts';

/**
 * Gathers what the workflows of this namespace tell people, so that five hundred hosts that fail
 * alike are one message. It lives from the first notice until an hour after the last message.
 */
export async function notifications(carried?: unknown): Promise<void> {
  const before = Gathering.safeParse(carried);
  const gathering = before.success ? before.data : nothingGathered();
  const mailroom: Mailroom = { gathering, underWay: 0 };
  listen(gathering);
  for (;;) {
    if (isFull()) return carryOn(mailroom);
    await sendBulletins(mailroom, takeDue(gathering, Date.now(), uuid4));
    showGathering(gathering);
    const nextMs = nextMoveMs(gathering);
    const changed = () => nextMoveMs(gathering) !== nextMs || isFull();
    if (nextMs !== null) {
      const summary = gathering.waiting.length > 0 ? 'the next message' : 'the hour is over';
      await condition(changed, Math.max(1, nextMs - Date.now()), { summary });
      continue;
    }
    await condition(() => mailroom.underWay === 0 || changed());
    // The notice with which it was started may be read only now.
    await condition(allHandlersFinished);
    if (!changed()) return;
  }
}

function listen(gathering: Gathering): void {
  setHandler(
    unread(noticeSignal),
    (raw) => {
      const read = readMessage(raw);
      const passed = read.readable
        ? parseMessage(read.message, PassedNotice, NOTICE_SIZE_MAX)
        : { ok: false as const };
      if (passed.ok) gather(gathering, passed.value, Date.now());
      else gathering.refusedCount += 1;
      showGathering(gathering);
    },
    { description: 'Something that people are told; passed on by a central worker' },
  );
  setHandler(notificationsQuery, () => gathering, {
    description: 'What waits to be told, what was told lately, and which channels did not take it',
  });
}

/** Whatever is being sent is sent by this run; it takes minutes at most, and notices wait meanwhile. */
async function carryOn(mailroom: Mailroom): Promise<void> {
  await condition(() => mailroom.underWay === 0);
  await condition(allHandlersFinished);
  await continueAsNew<typeof notifications>(mailroom.gathering);
}

function isFull(): boolean {
  return workflowInfo().continueAsNewSuggested;
}
