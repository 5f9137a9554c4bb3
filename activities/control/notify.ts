import type { Client } from '@temporalio/client';
import { Notice, type GatherRules, type NoticeRun } from '../../src/domain/notice.ts';
import { maskSecrets } from '../../src/host/mask.ts';
import {
  CENTRAL_TASK_QUEUE,
  MESSAGES,
  NOTIFICATIONS_WORKFLOW_ID,
  WORKFLOW_TYPES,
} from '../../src/temporal/names.ts';

export type Teller = {
  say: (line: string) => void;
  rules: GatherRules;
  /** Which activity of which run tells it, and for which time. */
  by: { run: NoticeRun; activityId: string; attempt: number };
};

/**
 * Tells people: as one line of the worker's log, and where there are channels, by passing it on to
 * where what is alike is gathered. Throws a ZodError on anything but a notice.
 */
export async function notify(
  client: Client,
  document: unknown,
  { say, rules, by: { run, activityId, attempt } }: Teller,
): Promise<void> {
  const notice = Notice.parse(masked(document));
  const { about, subject, lines, command } = notice;
  if (attempt === 1) say([`${about}: ${subject}`, ...lines, command].filter(Boolean).join(' '));
  if (rules.channels.length === 0) return;
  await client.workflow.signalWithStart(WORKFLOW_TYPES.notifications, {
    workflowId: NOTIFICATIONS_WORKFLOW_ID,
    taskQueue: CENTRAL_TASK_QUEUE,
    args: [],
    signal: MESSAGES.notice,
    signalArgs: [{ id: `${run.runId}/${activityId}`, notice, run, rules }],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: 'what people are told',
    staticDetails: 'Gathers notices that are alike, and sends them to the configured channels.',
  });
}

/**
 * Hosts have masked what they say; this is the net before it leaves for other places, and before
 * long lines are cut: of half a secret nobody could tell that it is one.
 */
function masked(document: unknown): unknown {
  if (typeof document === 'string') return maskSecrets(document);
  if (Array.isArray(document)) return document.map(masked);
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, masked(value)]));
}
