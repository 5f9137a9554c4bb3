import { ActivityFailure } from '@temporalio/workflow';
import { controlActivities } from '../cycle/host-steps.ts';
import { findClosed } from '../find-closed.ts';
import type { GroupBook } from './book.ts';

/**
 * Finds holders whose cycle is over and gave nothing back. They keep their slot, because nobody
 * knows how their host is; people are told once. Who only waited is taken out of the queue.
 * Answers whether Temporal could be asked.
 */
export async function findGone(group: GroupBook): Promise<boolean> {
  const { book } = group;
  const asked = [...book.holders.filter(({ gone }) => gone === undefined), ...book.queue];
  if (asked.length === 0) return true;
  const closed = await findClosed(asked.map(({ workflowId, runId }) => ({ workflowId, runId })));
  if (closed === null) return false;
  const statusOf = new Map(closed.map(({ runId, status }) => [runId, status]));
  book.queue = book.queue.filter(({ runId }) => !statusOf.has(runId));
  for (const holder of book.holders) {
    const status = statusOf.get(holder.runId);
    if (status === undefined || holder.gone !== undefined) continue;
    holder.gone = status;
    await tellPeople(group, holder.host, status);
  }
  return true;
}

/** A notice that cannot be sent stops nothing. */
async function tellPeople({ group }: GroupBook, host: string, status: string): Promise<void> {
  const subject = `${host} holds a slot of ${group} though its cycle is over (${status})`;
  const notice = {
    kind: 'needs-attention' as const,
    about: host,
    subject,
    lines: ['See how the host is; then free its slot, or patch it again.'],
    command: `patchcycle budget free ${group} ${host} --why "..."`,
    alike: `slot of ${group}, ${status}`,
  };
  try {
    await controlActivities(`tell people: ${subject}`).notify(notice);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}
