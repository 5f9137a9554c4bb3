import { RolloutInput, RolloutView, type RolloutName } from '../../src/domain/rollout.ts';
import { rolloutWorkflowId } from '../../src/temporal/names.ts';
import { benchPolicy } from './agents.ts';
import type { Installation } from './installation.ts';

/** A rollout over these hosts in one wave, that no host's ending stops. */
export function rolloutOver(
  hosts: readonly string[],
  fields: Partial<RolloutInput> = {},
): RolloutInput {
  return RolloutInput.parse({
    requestedBy: 'bench',
    policies: [benchPolicy()],
    waves: [hosts.map((host) => ({ host, policy: 0, groups: [] }))],
    ...{ soak: '0s', halt: '100%', approval: 'host', atOnce: 50 },
    ...fields,
  });
}

/** Starts the rollout and waits until it is over; answers what it says at its end. */
export async function runRollout(
  { client, temporal }: Installation,
  name: RolloutName,
  input: RolloutInput,
): Promise<RolloutView> {
  await client.startRollout(name, input);
  return RolloutView.parse(await temporal.workflow.getHandle(rolloutWorkflowId(name)).result());
}
