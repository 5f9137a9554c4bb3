import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { startChild, TemporalFailure, workflowInfo } from '@temporalio/workflow';
import type { PatchHostInput } from '../../src/domain/cycle.ts';
import type { HostEnding, RolloutMember } from '../../src/domain/rollout.ts';
import { Outcome } from '../../src/domain/outcome.ts';
import { begin, conclude, provedVersions } from '../../src/planning/rollout-events.ts';
import { cycleAttributes } from '../../src/temporal/cycle-attributes.ts';
import { CENTRAL_TASK_QUEUE, patchWorkflowId, WORKFLOW_TYPES } from '../../src/temporal/names.ts';
import type { patchHost } from '../patch-host.ts';
import { heardOf } from './heard.ts';
import type { Rollout } from './state.ts';

/** A cycle takes minutes, and one that waits for a person days; so often it is worth another try. */
const BUSY_MS = 5 * 60_000;

/** Temporal takes 4 MB at once from a worker, and every start carries the cycle's whole input: policy, blackouts, pins. */
const STARTED_SIZE_MAX = 1_000_000;

/**
 * Starts the cycles of these hosts, as many as one message holds and one at least, and comes back
 * when each is started or was not to be had. The others wait for the next move.
 */
export async function startHosts(rollout: Rollout, members: readonly RolloutMember[]) {
  const starts: Promise<void>[] = [];
  let size = 0;
  for (const member of members) {
    const input = cycleInput(rollout, member);
    size += JSON.stringify(input).length;
    if (starts.length > 0 && size > STARTED_SIZE_MAX) break;
    starts.push(startHost(rollout, member, input));
  }
  await Promise.all(starts);
  rollout.early.length = 0;
}

async function startHost(
  rollout: Rollout,
  member: RolloutMember,
  input: PatchHostInput,
): Promise<void> {
  const { host } = member;
  // From now on it can be neither skipped nor started a second time.
  begin(member, '');
  try {
    const child = await startChild<typeof patchHost>(WORKFLOW_TYPES.patchHost, {
      workflowId: patchWorkflowId(host),
      taskQueue: CENTRAL_TASK_QUEUE,
      args: [input],
      // What is begun on a host is ended there, whatever becomes of the rollout.
      parentClosePolicy: 'ABANDON',
      cancellationType: 'ABANDON',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `patch ${host}, policy ${input.policy.name}, rollout ${rollout.name}`,
      staticDetails: `Asked for by ${input.requestedBy}. Follow it with: \`patchcycle status ${host} --watch\``,
      typedSearchAttributes: [
        ...cycleAttributes(input),
        { key: defineSearchAttributeKey('PatchRollout', 'KEYWORD'), value: rollout.name },
      ],
    });
    const runId = child.firstExecutionRunId;
    begin(member, runId);
    for (const notice of rollout.early) if (notice.host === host) heardOf(rollout, member, notice);
    // Its notice comes first; this is for the cycle that was ended from outside and gives none.
    const over = (ending: HostEnding) => {
      concludeRun(rollout, member, runId, ending);
      noLongerBusy(rollout, member);
    };
    const closing = child.result().then(
      (report) => over(Outcome.safeParse(report.outcome).data ?? 'lost'),
      (error: unknown) => over(lostOrThrow(error)),
    );
    rollout.closing.add(closing);
    void closing.finally(() => rollout.closing.delete(closing));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    member.standing = { is: 'waiting', busyUntil: new Date(Date.now() + BUSY_MS).toISOString() };
  }
}

/** A host that was tried again while its last cycle still gave the lock back is waited for no longer. */
function noLongerBusy(rollout: Rollout, member: RolloutMember): void {
  if (member.standing.is !== 'waiting' || member.standing.busyUntil === undefined) return;
  member.standing = { is: 'waiting' };
  rollout.heard = true;
}

function cycleInput(rollout: Rollout, { host }: RolloutMember): PatchHostInput {
  const { input, entries, name } = rollout;
  const proved = provedVersions(rollout.progress);
  const entry = entries.get(host);
  const policy = entry && input.policies[entry.policy];
  if (entry === undefined || policy === undefined) throw new Error(`${host} is not in the rollout`);
  const { groups } = entry;
  return {
    ...{ host, policy, groups },
    budgets: input.budgets.filter(({ group }) => groups.includes(group)),
    requestedBy: input.requestedBy,
    reason: input.reason ?? `rollout ${name}`,
    ...(proved.length === 0 ? {} : { pins: { rollout: name, proved } }),
    rollout: workflowInfo().workflowId,
  };
}

/** The run of this host is over; whatever was heard of it before counts. */
export function concludeRun(
  rollout: Rollout,
  member: RolloutMember,
  runId: string,
  ending: HostEnding,
): void {
  const { standing } = member;
  if (standing.is !== 'running' || standing.runId !== runId) return;
  conclude(member, ending);
  rollout.heard = true;
}

/** A broken invariant of this workflow is no ending of a host's. */
function lostOrThrow(error: unknown): HostEnding {
  if (error instanceof TemporalFailure) return 'lost';
  throw error;
}
