import { workflowInfo } from '@temporalio/workflow';
import type { CycleStateName } from '../../src/domain/cycle.ts';
import type { HostNotice } from '../../src/domain/rollout.ts';
import { hostNoticeSignal } from '../messages.ts';
import { tellWorkflow } from '../tell-workflow.ts';
import type { Cycle } from './cycle.ts';

const WAITS: readonly CycleStateName[] = [
  'awaiting-approval',
  'awaiting-window',
  'awaiting-slot',
  'needs-attention',
];

/**
 * Tells the rollout, where there is one, what the cycle waits for, that it waits no more, and how
 * it ended. Each of it costs both of them some history, so the states between are left out.
 */
export function tellRollout(cycle: Cycle, before: CycleStateName): void {
  const { input, state } = cycle;
  const { rollout, host } = input;
  if (rollout === undefined) return;
  const matters = [state.name, before].some((name) => WAITS.includes(name));
  if (!matters && state.name !== 'ended') return;
  const notice: HostNotice = {
    host,
    runId: workflowInfo().runId,
    at: state.name,
    ...(state.name === 'ended' ? { outcome: state.outcome } : {}),
  };
  // One after another, so that the rollout hears them in their order.
  cycle.told = cycle.told
    .then(() => tellWorkflow(rollout, hostNoticeSignal, notice))
    .then(() => undefined);
}
