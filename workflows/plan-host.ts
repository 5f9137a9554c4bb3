import { workflowInfo } from '@temporalio/workflow';
import { cycleIdOf } from '../src/domain/cycle-id.ts';
import type { PlanOverview } from '../src/domain/plan.ts';
import { controlActivities, stepsOn } from './cycle/host-steps.ts';
import { parseInput } from './cycle/input.ts';

/** What a cycle would do on this host now. Nothing but the package lists is changed. */
export async function planHost(rawInput: unknown): Promise<PlanOverview> {
  const { host, policy } = parseInput(rawInput);
  const { namespace, workflowId, runId, startTime } = workflowInfo();
  const step = {
    cycle: cycleIdOf(startTime, runId),
    host,
    policy,
    workflow: { namespace, workflowId, runId },
  };
  const on = stepsOn(host, policy);
  const [knownBad] = await Promise.all([
    controlActivities('which versions are known to be bad?').listKnownBad(),
    on.refresh('refresh the package lists', step),
  ]);
  const limited = knownBad.length === 0 ? step : { ...step, limits: { knownBad } };
  const plan = await on.plan(`plan updates, scope ${policy.scope}`, limited);
  await on.release('delete what was downloaded for the changelogs', step);
  return plan;
}
