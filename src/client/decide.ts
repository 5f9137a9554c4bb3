import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { CycleStateName } from '../domain/cycle.ts';
import {
  Decision,
  type Abort,
  type Approve,
  type Reject,
  type Resolve,
} from '../domain/decision.ts';
import { HostName } from '../domain/names.ts';
import { MESSAGES, patchWorkflowId } from '../temporal/names.ts';
import { BadRequest, DecisionRefused, NoAnswer, NoCycle } from './errors.ts';
import type { Session } from './session.ts';
import { exchange } from './exchange.ts';

/** A central worker answers a decision within a second; without one nobody does. */
const DECISION_TIMEOUT_MS = 8_000;

/** A signed approval is shown to the host first, for a minute at most, after those that came before it. */
const SIGNED_TIMEOUT_MS = 75_000;

/**
 * Sends a decision and waits until the cycle took or refused it; answers the state after it.
 * Throws DecisionRefused with the cycle's reason, NoCycle when none runs, NoAnswer when no central
 * worker answered in time, BadRequest, TemporalUnreachable, TemporalRefused.
 */
async function decide(session: Session, host: string, decision: Decision): Promise<CycleStateName> {
  const message = checked(host, decision);
  const isSigned = message.kind === 'approve' && message.signature !== undefined;
  const timeoutMs = isSigned ? SIGNED_TIMEOUT_MS : DECISION_TIMEOUT_MS;
  const handle = session.client.workflow.getHandle(patchWorkflowId(host));
  try {
    return await exchange(
      session,
      `telling ${host} to ${decision.kind}`,
      () => handle.executeUpdate<CycleStateName, [Decision]>(MESSAGES.decide, { args: [message] }),
      timeoutMs,
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      // Tells a server that is away from a cycle that nobody runs.
      await exchange(session, `looking at ${host}`, () => handle.describe());
    }
    throw decisionError(error, host, decision.kind, timeoutMs);
  }
}

export const approve = (session: Session, host: string, words: Approve) =>
  decide(session, host, { kind: 'approve', ...words });
export const reject = (session: Session, host: string, words: Reject) =>
  decide(session, host, { kind: 'reject', ...words });
export const abort = (session: Session, host: string, words: Abort) =>
  decide(session, host, { kind: 'abort', ...words });
export const resolve = (session: Session, host: string, words: Resolve) =>
  decide(session, host, { kind: 'resolve', ...words });

function checked(host: string, decision: Decision): Decision {
  const name = HostName.safeParse(host);
  const parsed = Decision.safeParse(decision);
  const issue = name.error?.issues[0] ?? parsed.error?.issues[0];
  if (issue !== undefined || !parsed.success) {
    throw new BadRequest(
      `Nothing was sent: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`,
      'Correct it and send the decision again.',
    );
  }
  return parsed.data;
}

function decisionError(error: unknown, host: string, kind: string, timeoutMs: number): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return new DecisionRefused(
      `${host} does not take this ${kind}. ${error.cause.message}`,
      `See what it waits for: patchcycle status ${host}`,
      { cause: error },
    );
  }
  if (error instanceof WorkflowNotFoundError) {
    return new NoCycle(
      `No patch cycle of ${host} is running, so there is nothing to ${kind}.`,
      `See how the last one ended: patchcycle status ${host}; start one: patchcycle patch ${host}`,
      { cause: error },
    );
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new NoAnswer(
      `The cycle of ${host} did not answer within ${timeoutMs / 1_000} s whether it takes this ${kind}; it may still do so.`,
      `Check that a central worker runs (patchcycle doctor), then look: patchcycle status ${host}`,
      { cause: error },
    );
  }
  return error;
}
