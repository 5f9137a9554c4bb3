import { setTimeout as sleep } from 'node:timers/promises';
import { notify } from '../../../activities/control/notify.ts';
import { Gathering, type GatherRules } from '../../../src/domain/notice.ts';
import { MESSAGES, NOTIFICATIONS_WORKFLOW_ID } from '../../../src/temporal/names.ts';
import type { CycleBench } from './cycle-bench.ts';

export const NOTIFICATIONS = 'notifications';

/** Two hosts that fail alike and one that does not, told to a channel. The workflow then waits for the hour to be over. */
export async function recordNotifications({ env: { client } }: CycleBench): Promise<string> {
  const kind = 'needs-attention' as const;
  const rules: GatherRules = {
    ...{ gatherMs: 1_000, repeatMs: 1_000, perHour: 3 },
    channels: [{ name: 'ops', kinds: [kind] }],
  };
  const hosts = { 'rec-1': 'nginx is down', 'rec-2': 'nginx is down', 'rec-3': 'the disk is full' };
  for (const [about, alike] of Object.entries(hosts)) {
    const notice = { kind, about, subject: `${about} needs attention`, alike };
    const run = { workflowId: `patch/${about}`, runId: about };
    await notify(client, notice, {
      say: () => {},
      rules,
      by: { run, activityId: '1', attempt: 1 },
    });
  }
  const handle = client.workflow.getHandle(NOTIFICATIONS_WORKFLOW_ID);
  for (;;) {
    const { waiting, sent } = Gathering.parse(await handle.query(MESSAGES.notifications));
    if (waiting.length === 0 && sent.length > 0) break;
    await sleep(100);
  }
  await sleep(1_000); // The deliveries are in it as well.
  return NOTIFICATIONS_WORKFLOW_ID;
}
