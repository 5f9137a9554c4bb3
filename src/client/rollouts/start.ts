import { WorkflowExecutionAlreadyStartedError, defineSearchAttributeKey } from '@temporalio/common';
import { RolloutInput, RolloutName } from '../../domain/rollout.ts';
import { sizeObjection, TOO_LARGE_REMEDY } from '../../planning/rollout-size.ts';
import { CENTRAL_TASK_QUEUE, rolloutWorkflowId, WORKFLOW_TYPES } from '../../temporal/names.ts';
import { BadRequest, RolloutAlreadyRunning } from '../errors.ts';
import { exchange } from '../exchange.ts';
import { linkTo } from '../links.ts';
import type { Session } from '../session.ts';

export type StartedRollout = {
  workflowId: string;
  runId: string;
  /** The Web UI's page; null where the Web UI's address is not known. */
  link: string | null;
};

/**
 * Starts a rollout that was planned, and returns at once.
 * Throws RolloutAlreadyRunning when one of this name runs, BadRequest, TemporalUnreachable,
 * TemporalRefused, SearchAttributesMissing.
 */
export async function startRollout(
  session: Session,
  name: string,
  input: RolloutInput,
): Promise<StartedRollout> {
  checkRequest(name, input);
  const workflowId = rolloutWorkflowId(name);
  const hosts = input.waves.flat().length;
  try {
    const handle = await exchange(session, `starting the rollout ${name}`, () =>
      session.client.workflow.start(WORKFLOW_TYPES.rollout, {
        workflowId,
        taskQueue: CENTRAL_TASK_QUEUE,
        args: [input],
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: `rollout ${name}: ${hosts} hosts in ${input.waves.length} waves`,
        staticDetails: `Asked for by ${input.requestedBy}. Follow it with: \`patchcycle rollout status ${name} --watch\``,
        typedSearchAttributes: [
          { key: defineSearchAttributeKey('PatchRollout', 'KEYWORD'), value: name },
        ],
      }),
    );
    const runId = handle.firstExecutionRunId;
    return { workflowId, runId, link: linkTo(session, workflowId, runId) };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new RolloutAlreadyRunning(
      `A rollout ${name} is running already.`,
      `Nothing was started. Follow it: patchcycle rollout status ${name}; or give this one another name.`,
      { cause: error },
    );
  }
}

function checkRequest(name: string, input: RolloutInput): void {
  const issue =
    RolloutName.safeParse(name).error?.issues[0] ?? RolloutInput.safeParse(input).error?.issues[0];
  if (issue !== undefined) {
    const where = issue.path.join('.');
    throw new BadRequest(
      `Nothing was started: ${where === '' ? '' : `${where}: `}${issue.message}`,
      'Correct it and start again.',
    );
  }
  const objection = sizeObjection(input);
  if (objection !== null)
    throw new BadRequest(`Nothing was started: ${objection}.`, TOO_LARGE_REMEDY);
}
