import { WorkflowFailedError, type WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { RolloutName, RolloutView } from '../../domain/rollout.ts';
import { MESSAGES, rolloutWorkflowId } from '../../temporal/names.ts';
import { BadRequest, NoRollout } from '../errors.ts';
import { exchange, grpcStatus } from '../exchange.ts';
import { failureOf } from '../failure-of.ts';
import { linkTo } from '../links.ts';
import { call, type Session } from '../session.ts';

/** The latest rollout of this name, running or over. */
export type RolloutStatus = {
  name: string;
  workflowId: string;
  link: string | null;
  running: boolean;
  /** Null where nobody could answer for it, or where it ended without a result. */
  rollout: RolloutView | null;
  /** One sentence where something is not as it should be. */
  note: string | null;
};

/** A query over ten thousand hosts takes a second or two; without a central worker it is never answered. */
const QUERY_TIMEOUT_MS = 8_000;

/** Throws NoRollout, BadRequest, TemporalUnreachable, TemporalRefused. */
export async function rolloutStatus(session: Session, name: string): Promise<RolloutStatus> {
  const { workflowId, runId, status } = await describeRollout(session, name);
  const running = status.name === 'RUNNING';
  const common = { name, workflowId, link: linkTo(session, workflowId, runId), running };
  const handle = session.client.workflow.getHandle(workflowId, runId);
  try {
    const ask = (): Promise<unknown> =>
      running ? handle.query<unknown>(MESSAGES.rollout) : handle.result();
    const answer = await call(session, ask, { timeoutMs: QUERY_TIMEOUT_MS });
    return { ...common, rollout: RolloutView.parse(answer), note: null };
  } catch (error) {
    if (error instanceof WorkflowFailedError) {
      return { ...common, rollout: null, note: failureOf(error).message };
    }
    const status = grpcStatus(error);
    if (status === null) throw error;
    return {
      ...common,
      rollout: null,
      note: `The rollout could not be asked where it stands (${status.details}). Is a central worker running? patchcycle doctor`,
    };
  }
}

/** The latest run of the rollout of this name. */
export async function describeRollout(
  session: Session,
  name: string,
): Promise<WorkflowExecutionDescription> {
  if (!RolloutName.safeParse(name).success) {
    const remedy = 'See which there are: patchcycle rollout status';
    throw new BadRequest(`${JSON.stringify(name)} names no rollout.`, remedy);
  }
  try {
    return await exchange(session, `looking at the rollout ${name}`, () =>
      session.client.workflow.getHandle(rolloutWorkflowId(name)).describe(),
    );
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new NoRollout(
      `No rollout ${name} is known in namespace ${session.namespace}.`,
      'See which there are: patchcycle rollout status',
      { cause: error },
    );
  }
}
