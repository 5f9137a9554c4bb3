import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { RolloutState } from '../../domain/rollout.ts';
import { RolloutDecision } from '../../domain/rollout-decision.ts';
import { MESSAGES, rolloutWorkflowId } from '../../temporal/names.ts';
import { BadRequest, DecisionRefused, NoAnswer, NoRollout } from '../errors.ts';
import { exchange } from '../exchange.ts';
import type { Session } from '../session.ts';
import { describeRollout } from './status.ts';

/** A central worker answers within a second or two, also for ten thousand hosts; without one nobody does. */
const DECISION_TIMEOUT_MS = 10_000;

/**
 * Sends a decision and waits until the rollout took or refused it; answers its state after it.
 * Throws DecisionRefused with the rollout's reason, NoRollout when none runs, NoAnswer when no
 * central worker answered in time, BadRequest, TemporalUnreachable, TemporalRefused.
 */
export async function decideRollout(
  session: Session,
  name: string,
  decision: RolloutDecision,
): Promise<RolloutState['name']> {
  const parsed = RolloutDecision.safeParse(decision);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadRequest(
      `Nothing was sent: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`,
      'Correct it and send the decision again.',
    );
  }
  await describeRollout(session, name);
  const handle = session.client.workflow.getHandle(rolloutWorkflowId(name));
  try {
    return await exchange(
      session,
      `telling the rollout ${name} to ${decision.kind}`,
      () =>
        handle.executeUpdate<RolloutState['name'], [RolloutDecision]>(MESSAGES.decide, {
          args: [parsed.data],
        }),
      DECISION_TIMEOUT_MS,
    );
  } catch (error) {
    throw decisionError(error, name, decision.kind);
  }
}

function decisionError(error: unknown, name: string, kind: string): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return new DecisionRefused(
      `The rollout ${name} does not take this ${kind}. ${error.cause.message}`,
      `See where it stands: patchcycle rollout status ${name}`,
      { cause: error },
    );
  }
  if (error instanceof WorkflowNotFoundError) {
    return new NoRollout(
      `No rollout ${name} is running, so there is nothing to ${kind}.`,
      `See how it ended: patchcycle rollout status ${name}`,
      { cause: error },
    );
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new NoAnswer(
      `The rollout ${name} did not answer within ${DECISION_TIMEOUT_MS / 1_000} s whether it takes this ${kind}; it may still do so.`,
      `Check that a central worker runs (patchcycle doctor), then look: patchcycle rollout status ${name}`,
      { cause: error },
    );
  }
  return error;
}
