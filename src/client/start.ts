import { WorkflowFailedError, type WorkflowStartOptions } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { z } from 'zod';
import { PatchHostInput } from '../domain/cycle.ts';
import { PlanOverview } from '../domain/plan.ts';
import {
  CENTRAL_TASK_QUEUE,
  patchWorkflowId,
  planWorkflowId,
  WORKFLOW_TYPES,
} from '../temporal/names.ts';
import { cycleAttributes } from '../temporal/cycle-attributes.ts';
import { BadRequest, CycleAlreadyRunning, PlanFailed, WaitedTooLong } from './errors.ts';
import { failureOf } from './failure-of.ts';
import { linkTo } from './links.ts';
import { call, type Session } from './session.ts';
import { exchange, translate } from './exchange.ts';

/** Which host, what its operator wants, who asks and why. Defaults of the policy are filled in. */
export type PatchRequest = z.input<typeof PatchHostInput>;

export type StartedCycle = {
  host: string;
  workflowId: string;
  runId: string;
  /** The Web UI's page; null where the Web UI's address is not known. */
  link: string | null;
};

/**
 * Starts the patch cycle of one host and returns at once.
 * Throws CycleAlreadyRunning when there is one, BadRequest, TemporalUnreachable, TemporalRefused,
 * SearchAttributesMissing.
 */
export async function startPatch(session: Session, request: PatchRequest): Promise<StartedCycle> {
  const input = checked(request);
  const { host, policy } = input;
  const workflowId = patchWorkflowId(host);
  const doing = `starting the patch cycle of ${host}`;
  try {
    const handle = await exchange(session, doing, () =>
      session.client.workflow.start(WORKFLOW_TYPES.patchHost, {
        ...startOptions(workflowId, input),
        staticSummary: `patch ${host}, policy ${policy.name}`,
        staticDetails: `Asked for by ${input.requestedBy}. Follow it with: \`patchcycle status ${host} --watch\``,
        typedSearchAttributes: cycleAttributes(input),
      }),
    );
    const runId = handle.firstExecutionRunId;
    return { host, workflowId, runId, link: linkTo(session, workflowId, runId) };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new CycleAlreadyRunning(
      await running(session, host, workflowId),
      'A patch cycle',
      `Nothing was started. Follow it: patchcycle status ${host} --watch; or end it before it changes anything: patchcycle abort ${host}`,
    );
  }
}

export type WaitOptions = {
  /** Stops the waiting; what was waited for goes on. */
  signal?: AbortSignal;
  timeoutMs?: number;
};

/** A plan takes seconds on a host whose agent answers; one that does not is waited for this long. */
const PLAN_TIMEOUT_MS = 10 * 60_000;

/**
 * What a cycle would do on this host now; nothing but its package lists changes.
 * Throws PlanFailed with what the host said, CycleAlreadyRunning when a plan is being made
 * already, WaitedTooLong, and what startPatch throws. When the waiting ends early the planning is
 * cancelled.
 */
export async function planOnly(
  session: Session,
  request: PatchRequest,
  { signal, timeoutMs = PLAN_TIMEOUT_MS }: WaitOptions = {},
): Promise<PlanOverview> {
  const input = checked(request);
  const { host, policy } = input;
  const workflowId = planWorkflowId(host);
  const started = await startPlan(session, input, workflowId);
  const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  try {
    return PlanOverview.parse(await call(session, () => started.result(), { stop }));
  } catch (error) {
    if (error instanceof WorkflowFailedError) {
      const { type, message, remedy } = failureOf(error);
      throw new PlanFailed(type, `No plan was made for ${host}: ${message}`, remedy, {
        cause: error,
      });
    }
    if (!stop.aborted) throw translate(error, session, `planning ${host}`);
    await exchange(session, `stopping the planning of ${host}`, () => started.cancel());
    if (signal?.aborted) throw signal.reason;
    throw new WaitedTooLong(
      `${host} made no plan (policy ${policy.name}) within ${timeoutMs / 1_000} s; the planning was stopped.`,
      `See what is missing: patchcycle doctor ${host}`,
    );
  }
}

async function startPlan(session: Session, input: PatchHostInput, workflowId: string) {
  try {
    return await exchange(session, `planning ${input.host}`, () =>
      session.client.workflow.start(WORKFLOW_TYPES.planHost, {
        ...startOptions(workflowId, input),
        staticSummary: `plan ${input.host}, policy ${input.policy.name}; changes nothing`,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new CycleAlreadyRunning(
      await running(session, input.host, workflowId),
      'A planning',
      'Wait until it is done, then ask again.',
    );
  }
}

function startOptions(
  workflowId: string,
  input: PatchHostInput,
): WorkflowStartOptions & { args: [PatchHostInput] } {
  return {
    workflowId,
    taskQueue: CENTRAL_TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  };
}

function checked(request: PatchRequest): PatchHostInput {
  const parsed = PatchHostInput.safeParse(request);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  throw new BadRequest(`Nothing was started: ${issues.join('; ')}`, 'Correct it and start again.');
}

/** The running workflow of this ID, as far as it can still be seen. */
async function running(session: Session, host: string, workflowId: string) {
  const { runId, startTime } = await exchange(session, `looking at ${workflowId}`, () =>
    session.client.workflow.getHandle(workflowId).describe(),
  );
  return {
    host,
    workflowId,
    runId,
    startedAt: startTime.toISOString(),
    link: linkTo(session, workflowId, runId),
  };
}
