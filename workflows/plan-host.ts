import { workflowInfo, ApplicationFailure } from '@temporalio/workflow';
import { PatchHostInput } from '../src/domain/cycle.ts';
import type { PlanOverview } from '../src/domain/plan.ts';
import { cycleId } from './cycle/cycle.ts';
import { stepsOn } from './cycle/host-steps.ts';

/** What a cycle would do on this host now. Nothing but the package lists is changed. */
export async function planHost(rawInput: unknown): Promise<PlanOverview> {
  const input = PatchHostInput.safeParse(rawInput);
  if (!input.success) {
    throw ApplicationFailure.nonRetryable(
      `No plan can be made. ${input.error.issues[0]?.message ?? ''}`,
      'BadInput',
      {
        remedy:
          'Ask for it with the patchcycle command or its client library, which check the input first.',
      },
    );
  }
  const { host, policy } = input.data;
  const { namespace, workflowId, runId, startTime } = workflowInfo();
  const step = {
    cycle: cycleId(startTime, runId),
    host,
    policy,
    workflow: { namespace, workflowId, runId },
  };
  const on = stepsOn(host, policy);
  await on.refresh('refresh the package lists', step);
  return on.plan(`plan updates, scope ${policy.scope}`, step);
}
