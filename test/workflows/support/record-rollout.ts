import {
  budgetWorkflowId,
  KNOWN_BAD_WORKFLOW_ID,
  MESSAGES,
  patchWorkflowId,
  rolloutWorkflowId,
} from '../../../src/temporal/names.ts';
import type { CycleBench } from './cycle-bench.ts';
import { decide, rolloutOf, startRollout, untilRollout, withFleet } from './fleet.ts';
import { modelHost } from './model-host.ts';

export const ROLLOUT_HISTORIES = ['rollout', 'group-budget', 'known-bad', 'patched-in-rollout'];

/**
 * A rollout whose canary is restored once and tried again, in a group of which one host at a time
 * may be disrupted. Answers the workflows that are worth keeping, by name.
 */
export async function recordRollout(bench: CycleBench): Promise<Record<string, string>> {
  const [name, group] = ['recorded', 'recorded'];
  const broken = modelHost([{ step: 'verify', kind: 'throws-for-good', times: 1 }]);
  const fleet = { 'rec-1': broken, 'rec-2': modelHost(), 'rec-3': modelHost() };
  await withFleet(bench, fleet, async () => {
    const input = rolloutOf([['rec-1'], ['rec-2', 'rec-3']], {
      ...{ soak: '1s', groups: [group], budgets: [{ group, slots: 1 }] },
    });
    const handle = await startRollout(bench, name, input);
    await untilRollout(handle, ({ state }) => state.name === 'halted');
    await decide(handle, { kind: 'retry', host: 'rec-1', by: 'ada' });
    await decide(handle, { kind: 'resume', by: 'ada', why: 'it is mended' });
    await handle.result();
  });
  await bench.env.client.workflow.getHandle(KNOWN_BAD_WORKFLOW_ID).query(MESSAGES.badVersions);
  return {
    rollout: rolloutWorkflowId(name),
    'group-budget': budgetWorkflowId(group),
    'known-bad': KNOWN_BAD_WORKFLOW_ID,
    'patched-in-rollout': patchWorkflowId('rec-3'),
  };
}
