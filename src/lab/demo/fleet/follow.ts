import { setTimeout as sleep } from 'node:timers/promises';
import type { PatchcycleClient } from '../../../client/index.ts';
import type { RolloutView } from '../../../domain/rollout.ts';

const LOOK_EVERY_MS = 500;

/** Tells whatever changes in the rollout, a line each, until it is there. */
export async function followRollout(
  client: PatchcycleClient,
  name: string,
  isThere: (view: RolloutView) => boolean,
  say: (line: string) => void,
  stop: AbortSignal,
): Promise<RolloutView> {
  const told = new Map<string, string>();
  const tell = (what: string, how: string) => {
    if (told.get(what) === how) return;
    told.set(what, how);
    say(`  ${what}: ${how}`);
  };
  for (;;) {
    const { rollout } = await client.rolloutStatus(name);
    if (rollout !== null) {
      for (const { host, standing } of rollout.members) {
        if (standing.is === 'running') tell(host, standing.at);
        if (standing.is === 'ended') tell(host, standing.ending);
      }
      tell(`rollout ${name}`, rollout.state.name);
      if (isThere(rollout)) return rollout;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: stop });
  }
}
