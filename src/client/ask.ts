import { WorkflowNotFoundError } from '@temporalio/common';
import { NoAnswer, TemporalUnreachable } from './errors.ts';
import { answers, exchange, GRPC, grpcStatus } from './exchange.ts';
import type { Session } from './session.ts';

/** A query is answered in milliseconds; without a central worker, never. */
const ANSWER_TIMEOUT_MS = 8_000;

/**
 * Asks a workflow that central workers run; null where there is none. Throws NoAnswer when Temporal
 * answers and no worker does, TemporalUnreachable, TemporalRefused.
 */
export async function ask(
  session: Session,
  doing: string,
  workflowId: string,
  query: string,
): Promise<unknown> {
  const handle = session.client.workflow.getHandle(workflowId);
  try {
    return await exchange(session, doing, () => handle.query(query), ANSWER_TIMEOUT_MS);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    const status = grpcStatus(error);
    // So the server says that nobody has asked for work lately.
    const isIdle = status?.code === GRPC.failedPrecondition;
    const isLate = error instanceof TemporalUnreachable && (await answers(session));
    if (!isIdle && !isLate) throw error;
    const why = isIdle ? status.details : `nothing came within ${ANSWER_TIMEOUT_MS / 1_000} s`;
    throw new NoAnswer(
      `Temporal answers, but no central worker did (${doing}): ${why}.`,
      'Check that one runs: patchcycle doctor',
      { cause: error },
    );
  }
}
