import { WorkflowExecutionAlreadyStartedError, defineSearchAttributeKey } from '@temporalio/common';
import { RolloutInput, RolloutName } from '../../domain/rollout.ts';
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

/** Temporal takes messages of 2 MB, and the rollout hands its whole state from run to run. */
const STATE_BYTES_MAX = 1_800_000;

/** What is noted of one host, besides its name. */
const STANDING_BYTES = 100;

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
        staticDetails: `Asked for by ${input.requestedBy}. Follow it with: patchcycle rollout status ${name} --watch`,
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
  const hosts = input.waves.flat();
  const standingBytes = hosts.reduce((sum, { host }) => sum + host.length + STANDING_BYTES, 0);
  const sizeBytes = Buffer.byteLength(JSON.stringify(input)) + standingBytes;
  if (sizeBytes <= STATE_BYTES_MAX) return;
  throw new BadRequest(
    `Nothing was started: the rollout takes ${sizeBytes} bytes, and ${STATE_BYTES_MAX} fit.`,
    'Make several of it, for example one for each group.',
  );
}
