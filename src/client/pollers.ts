import { CENTRAL_TASK_QUEUE, hostTaskQueue } from '../temporal/names.ts';
import type { Session } from './session.ts';
import { exchange } from './exchange.ts';

/** Who asks for the work of one queue. Temporal remembers a poller for five minutes. */
export type Pollers = {
  taskQueue: string;
  /** Names of the processes that asked lately. */
  identities: string[];
  /** ISO 8601, UTC; null when nobody asked lately. */
  lastSeenAt: string | null;
};

/** Values of temporal.api.enums.v1.TaskQueueType. */
const WORKFLOW_QUEUE = 1;
const ACTIVITY_QUEUE = 2;

/** Whether the agent of this host asks for work. */
export function agentPollers(session: Session, host: string): Promise<Pollers> {
  return pollers(session, hostTaskQueue(host), ACTIVITY_QUEUE);
}

/** Whether central workers ask for work; without one no cycle moves. */
export function centralPollers(session: Session): Promise<Pollers> {
  return pollers(session, CENTRAL_TASK_QUEUE, WORKFLOW_QUEUE);
}

async function pollers(
  session: Session,
  taskQueue: string,
  taskQueueType: 1 | 2,
): Promise<Pollers> {
  const answer = await exchange(session, `asking who polls ${taskQueue}`, () =>
    session.connection.workflowService.describeTaskQueue({
      namespace: session.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType,
    }),
  );
  const found = answer.pollers ?? [];
  const lastSeenMs = Math.max(
    ...found.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000),
  );
  return {
    taskQueue,
    identities: found.map(({ identity }) => identity ?? '').filter((identity) => identity !== ''),
    lastSeenAt: lastSeenMs > 0 ? new Date(lastSeenMs).toISOString() : null,
  };
}
