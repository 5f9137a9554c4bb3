import {
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { BadVersions, ClearBad, type SuspectVersion } from '../domain/known-bad.ts';
import { isKnownBad } from '../planning/suspects.ts';
import { KNOWN_BAD_WORKFLOW_ID, MESSAGES } from '../temporal/names.ts';
import { ask } from './ask.ts';
import { BadRequest, DecisionRefused, NoAnswer } from './errors.ts';
import { exchange } from './exchange.ts';
import type { Session } from './session.ts';

const ANSWER_TIMEOUT_MS = 8_000;

/** A version after which hosts were restored; `bad` when plans leave it out. */
export type KnownVersion = SuspectVersion & { bad: boolean };

/**
 * Every version after which a host was restored, the latest last.
 * Throws NoAnswer, TemporalUnreachable, TemporalRefused.
 */
export async function knownBad(session: Session): Promise<KnownVersion[]> {
  const doing = 'asking for the known bad versions';
  const answer = await ask(session, doing, KNOWN_BAD_WORKFLOW_ID, MESSAGES.badVersions);
  return answer === null ? [] : withJudgement(answer);
}

/**
 * A person has found that a version is good: plans take it again. Answers the list after it.
 * Throws DecisionRefused when nothing bad is known of it, NoAnswer, BadRequest, TemporalUnreachable.
 */
export async function clearKnownBad(session: Session, words: ClearBad): Promise<KnownVersion[]> {
  const parsed = ClearBad.safeParse(words);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadRequest(`Nothing was sent: ${issue?.message}`, 'Correct it and send it again.');
  }
  const handle = session.client.workflow.getHandle(KNOWN_BAD_WORKFLOW_ID);
  const send = () =>
    handle.executeUpdate<unknown, [ClearBad]>(MESSAGES.clearBad, { args: [parsed.data] });
  try {
    const doing = `clearing ${words.package} ${words.version}`;
    return withJudgement(await exchange(session, doing, send, ANSWER_TIMEOUT_MS));
  } catch (error) {
    throw clearError(error, words);
  }
}

function withJudgement(answer: unknown): KnownVersion[] {
  return BadVersions.parse(answer).versions.map((version) => ({
    ...version,
    bad: isKnownBad(version),
  }));
}

function clearError(error: unknown, { package: name, version }: ClearBad): unknown {
  const look = 'See what is known: patchcycle known-bad';
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return new DecisionRefused(`Nothing was cleared. ${error.cause.message}`, look, {
      cause: error,
    });
  }
  if (error instanceof WorkflowNotFoundError) {
    return new DecisionRefused(`Nothing bad is known of ${name} ${version}.`, look, {
      cause: error,
    });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    const message = `No central worker answered within ${ANSWER_TIMEOUT_MS / 1_000} s; it may still be cleared.`;
    return new NoAnswer(message, 'Check that one runs: patchcycle doctor', { cause: error });
  }
  return error;
}
