import type { Performed, Performing } from '../performance.ts';
import { setUpStage } from '../stage.ts';
import { BAD, castFleet } from './cast.ts';
import { playFleet } from './play.ts';
import { fleetText } from './summary.ts';

/** Two rollouts over six hosts. */
export async function performFleet(performing: Performing): Promise<Performed> {
  const { context, directory, settings, stop } = performing;
  const hostsTitle = 'Six hosts with their agents';
  const stage = await setUpStage({ ...settings, castHosts: castFleet, hostsTitle });
  context.say(`Web UI: ${stage.site.server.uiUrl}`);
  const summary = await playFleet({ context, stage, directory, stop });
  return {
    site: stage.site,
    ok: summary.ok,
    text: (look) => fleetText(summary, look),
    document: summary,
    toTry: [
      'npx patchcycle rollout status second',
      `npx patchcycle known-bad clear ${BAD.package} ${BAD.version} --why "I looked at it"`,
      'npx patchcycle audit --since 2000-01-01',
      'npx patchcycle report shop-1',
    ],
  };
}
