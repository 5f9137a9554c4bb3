import { patchWorkflowId } from '../../src/temporal/names.ts';
import { approvalFor } from '../../src/planning/rollout-events.ts';
import { approveSignal, rejectSignal } from '../messages.ts';
import { tellWorkflow } from '../tell-workflow.ts';
import type { Rollout } from './state.ts';

/**
 * Passes on what people decided about the plans of many hosts. Each cycle is told about its own
 * plan, by digest, and judges the word as if the person had said it there.
 */
export async function passWordsOn(rollout: Rollout): Promise<void> {
  const { name, input, progress, rejections, toldApproved } = rollout;
  const words = rejections
    .splice(0)
    .map(({ host, asks, by, why = `rollout ${name}` }) =>
      tellWorkflow(patchWorkflowId(host), rejectSignal, { by, digest: asks.digest, why }),
    );
  for (const member of progress.members) {
    const approval = approvalFor(progress, member, input.approval);
    const { standing } = member;
    if (approval === null || standing.is !== 'running') continue;
    const { asks, by } = approval;
    // A host that is tried again may get the same plan, and its new cycle knows nothing of the old one's.
    const question = `${standing.runId} ${asks.digest}`;
    if (toldApproved.has(question)) continue;
    toldApproved.add(question);
    const message = { by, digest: asks.digest, why: `rollout ${name}` };
    words.push(tellWorkflow(patchWorkflowId(member.host), approveSignal, message));
  }
  await Promise.all(words);
}
