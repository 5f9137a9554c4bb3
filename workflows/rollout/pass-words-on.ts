import { patchWorkflowId } from '../../src/temporal/names.ts';
import { approvalFor } from '../../src/planning/rollout-events.ts';
import { approveSignal, rejectSignal } from '../messages.ts';
import { tellWorkflow } from '../tell-workflow.ts';
import type { Rollout } from './state.ts';

/**
 * Passes on what people decided about the plans of many hosts. Each cycle is told about its own
 * plan, by digest, and judges the word as if the person had said it there. Another cycle that runs
 * on the host by now hears nothing.
 */
export async function passWordsOn(rollout: Rollout): Promise<void> {
  const { name, input, progress, rejections, toldApproved } = rollout;
  const words = rejections
    .splice(0)
    .map(({ host, runId, digest, by, why = `rollout ${name}` }) =>
      tellWorkflow(patchWorkflowId(host), rejectSignal, { by, digest, why }, runId),
    );
  for (const member of progress.members) {
    const approval = approvalFor(progress, member, input.approval);
    const { standing } = member;
    if (approval === null || standing.is !== 'running') continue;
    const { asks, by } = approval;
    if (toldApproved.has(asks)) continue;
    toldApproved.add(asks);
    const message = { by, digest: asks.digest, why: `rollout ${name}` };
    const cycle = patchWorkflowId(member.host);
    words.push(tellWorkflow(cycle, approveSignal, message, standing.runId));
  }
  await Promise.all(words);
}
