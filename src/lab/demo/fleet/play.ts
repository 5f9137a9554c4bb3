import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../../cli/kit.ts';
import type { Stage } from '../stage.ts';
import { BAD, GOOD, publishGood, type FleetHost } from './cast.ts';
import { followRollout } from './follow.ts';
import { fleetInventory } from './inventory.ts';
import { judgeFleet, type FleetSummary } from './summary.ts';
import { commandLine } from './type-command.ts';

export type FleetPlay = {
  context: Context;
  stage: Stage<FleetHost>;
  /** Where the inventory and the reports are written. */
  directory: string;
  stop: AbortSignal;
};

/** Two rollouts over one fleet: the first meets an update that breaks its canary, the second goes through. */
export async function playFleet(play: FleetPlay): Promise<FleetSummary> {
  const { context, stage, directory, stop } = play;
  const { client } = stage.site;
  const { say } = context;
  const type = commandLine(context, stage.site, directory);
  await writeFile(join(directory, 'patchcycle.yaml'), fleetInventory(stage.cast));

  say('\nA team has written down its fleet, and looks at what a rollout would do.');
  await type('inventory', 'check', 'patchcycle.yaml');
  await type('rollout', 'start', '--dry-run');

  say(`\nThe update of the day is ${BAD.package} ${BAD.version}. Nobody knows yet that it is bad.`);
  await type(...['rollout', 'start', '--name', 'first', '--by', 'demo', '--reason', 'new shop']);
  const first = await followRollout(
    client,
    'first',
    ({ state }) => state.name === 'halted' || state.name === 'ended',
    say,
    stop,
  );

  // Everything from here on tells of a rollout that has stopped.
  if (first.state.name !== 'halted') {
    throw new Error(`The first rollout is ${first.state.name}; its canary had to stop it.`);
  }
  say('\nThe canary was put back, no other host was touched, and the rollout waits for a person.');
  await type('rollout', 'status', 'first');
  await type('known-bad');
  await type('rollout', 'abort', 'first', '--by', 'demo');
  await followRollout(client, 'first', ({ state }) => state.name === 'ended', say, stop);

  await publishGood(stage.repositories);
  say(
    `\n${GOOD.package} ${GOOD.version} is out. The second rollout takes it, and leaves the bad version out.`,
  );
  await type(...['rollout', 'start', '--name', 'second', '--by', 'demo', '--reason', 'CVEs']);
  const second = await followRollout(
    client,
    'second',
    ({ state }) => state.name === 'halted' || state.name === 'ended',
    say,
    stop,
  );
  await type('rollout', 'status', 'second');
  await type('hosts');
  return judgeFleet({ first, second, knownBad: await client.knownBad() });
}
