import {
  WithStartWorkflowOperation,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common';
import { Acknowledge, Acknowledged, ReviewSummary, type ReviewInput } from '../domain/review.ts';
import {
  ACKNOWLEDGED_WORKFLOW_ID,
  CENTRAL_TASK_QUEUE,
  MESSAGES,
  REVIEW_WORKFLOW_ID,
  WORKFLOW_TYPES,
} from '../temporal/names.ts';
import { ask } from './ask.ts';
import { BadRequest, DecisionRefused, NoAnswer, NoReport } from './errors.ts';
import { exchange, translate } from './exchange.ts';
import { failureOf } from './failure-of.ts';
import { linkTo } from './links.ts';
import { call, type Session } from './session.ts';
import type { WaitOptions } from './start.ts';

const ANSWER_TIMEOUT_MS = 8_000;
const STATE = defineSearchAttributeKey('PatchState', 'KEYWORD');

export type StartedReview = { workflowId: string; runId: string; link: string | null };

/**
 * Starts a review of the fleet; one that runs already is answered instead.
 * Throws SearchAttributesMissing, TemporalUnreachable, TemporalRefused.
 */
export async function startReview(session: Session, input: ReviewInput): Promise<StartedReview> {
  const workflowId = REVIEW_WORKFLOW_ID;
  const handle = await exchange(session, 'starting the review of the fleet', () =>
    session.client.workflow.start(WORKFLOW_TYPES.policyReview, {
      workflowId,
      taskQueue: CENTRAL_TASK_QUEUE,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `review of ${input.hosts.length} hosts`,
      staticDetails:
        'Findings about hosts and policies; the whole review lies in the store of reports.',
      // The workflow sets it too; a namespace that does not know it has to say so now, and not never.
      typedSearchAttributes: [{ key: STATE, value: 'reviewing' }],
    }),
  );
  const runId = handle.firstExecutionRunId;
  return { workflowId, runId, link: linkTo(session, workflowId, runId) };
}

/**
 * Waits for the end of a review. Stopping by `signal` throws its reason and leaves the review alone.
 * Throws NoReport when it failed, TemporalUnreachable.
 */
export async function waitForReview(
  session: Session,
  { workflowId, runId }: StartedReview,
  { signal, timeoutMs }: WaitOptions = {},
): Promise<ReviewSummary> {
  const handle = session.client.workflow.getHandle(workflowId, runId);
  const bounds = {
    ...(signal === undefined ? {} : { stop: signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  try {
    return ReviewSummary.parse(await call(session, () => handle.result(), bounds));
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) {
      throw translate(error, session, 'waiting for the review of the fleet');
    }
    const { message, remedy } = failureOf(error);
    throw new NoReport(`The review of the fleet failed: ${message}`, remedy, { cause: error });
  }
}

/**
 * Says that a policy is as it should be; the age of that word begins anew. Answers the last word
 * about each policy. Throws BadRequest, DecisionRefused, NoAnswer, TemporalUnreachable.
 */
export async function acknowledgePolicy(
  session: Session,
  words: Acknowledge,
): Promise<Acknowledged['policies']> {
  const parsed = Acknowledge.safeParse(words);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BadRequest(`Nothing was sent: ${issue?.message}`, 'Correct it and send it again.');
  }
  const { workflow } = session.client;
  const send = () =>
    workflow.executeUpdateWithStart<() => Promise<void>, unknown, [Acknowledge]>(
      MESSAGES.acknowledge,
      {
        args: [parsed.data],
        startWorkflowOperation: new WithStartWorkflowOperation<() => Promise<void>>(
          WORKFLOW_TYPES.acknowledgedPolicies,
          {
            workflowId: ACKNOWLEDGED_WORKFLOW_ID,
            taskQueue: CENTRAL_TASK_QUEUE,
            args: [],
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            staticSummary: 'policies that people said are as they should be',
          },
        ),
      },
    );
  try {
    const doing = `acknowledging the policy ${words.policy}`;
    return Acknowledged.parse(await exchange(session, doing, send, ANSWER_TIMEOUT_MS)).policies;
  } catch (error) {
    throw acknowledgeError(error);
  }
}

/**
 * The last word about each policy; none where there never was one.
 * Throws NoAnswer, TemporalUnreachable, TemporalRefused.
 */
export async function acknowledgedPolicies(session: Session): Promise<Acknowledged['policies']> {
  const doing = 'asking for the acknowledged policies';
  const answer = await ask(session, doing, ACKNOWLEDGED_WORKFLOW_ID, MESSAGES.acknowledged);
  return answer === null ? [] : Acknowledged.parse(answer).policies;
}

function acknowledgeError(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const remedy = 'Correct it and send it again.';
    return new DecisionRefused(`Nothing was noted. ${error.cause.message}`, remedy, {
      cause: error,
    });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    const message = `No central worker answered within ${ANSWER_TIMEOUT_MS / 1_000} s; it may still be noted.`;
    return new NoAnswer(message, 'Check that one runs: patchcycle doctor', { cause: error });
  }
  return error;
}
