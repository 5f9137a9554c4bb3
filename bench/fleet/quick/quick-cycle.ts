import { condition, workflowInfo } from '@temporalio/workflow';
import type { PatchHostInput } from '../../../src/domain/cycle.ts';
import type { HostNotice } from '../../../src/domain/rollout.ts';
import { hostNoticeSignal } from '../../../workflows/messages.ts';
import { tellWorkflow } from '../../../workflows/tell-workflow.ts';

/** Any digest. */
const DIGEST = 'a'.repeat(64);

/**
 * In place of the patch cycle, for what is asked of the rollout alone: it runs no step, and tells
 * the rollout what a cycle tells that meets nothing to wait for. A host whose policy is called
 * `asks` waits for a person for ever; any other policy is called as the cycle is to end.
 */
export async function patchHost({ host, policy, rollout }: PatchHostInput) {
  const { runId } = workflowInfo();
  const tell = async (notice: Pick<HostNotice, 'at'> & Partial<HostNotice>) => {
    if (rollout !== undefined) {
      await tellWorkflow(rollout, hostNoticeSignal, { host, runId, ...notice });
    }
  };
  if (policy.name === 'asks') {
    const asks = { digest: DIGEST, changes: DIGEST, signed: false };
    await tell({ at: 'awaiting-approval', asks });
    await condition(() => false);
  }
  const outcome = policy.name as NonNullable<HostNotice['outcome']>;
  const proves = { platform: 'debian 12', packages: { alpha: '2.0', beta: '2.0' } };
  await tell({ at: 'ended', outcome, ...(outcome === 'patched' ? { proves } : {}) });
  return { outcome };
}
