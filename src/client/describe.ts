import type { WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { HostName } from '../domain/names.ts';
import { patchWorkflowId } from '../temporal/names.ts';
import { BadRequest, NoCycle } from './errors.ts';
import type { Session } from './session.ts';
import { exchange } from './exchange.ts';

/** The latest run of this host's cycle. */
export async function describeCycle(
  session: Session,
  host: string,
): Promise<WorkflowExecutionDescription> {
  const name = HostName.safeParse(host);
  if (!name.success) {
    throw new BadRequest(
      `${JSON.stringify(host)} is no host: ${name.error.issues[0]?.message}`,
      'Name a host as its agent is named.',
    );
  }
  try {
    return await exchange(session, `looking at ${host}`, () =>
      session.client.workflow.getHandle(patchWorkflowId(host)).describe(),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new NoCycle(
      `No patch cycle of ${host} is known in namespace ${session.namespace}.`,
      `Start one: patchcycle patch ${host}`,
      { cause: error },
    );
  }
}
