/**
 * Rolls updates out over a group of hosts and says who did not come through: the script to copy
 * into your own automation.
 *
 *     node examples/rollout.ts web examples/patchcycle.yaml
 *
 * Exit codes are those of the command line: 0 good, 1 wrong input, 2 some host did not succeed,
 * 3 Temporal cannot be reached. In a project of your own import from 'patchcycle'.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { userInfo } from 'node:os';
import {
  connect,
  PatchcycleError,
  planRollout,
  readInventory,
  TemporalUnreachable,
} from '../src/client/index.ts';

const GOOD = ['patched', 'up-to-date'];

async function main(group: string, inventoryFile: string): Promise<number> {
  // Address, namespace, TLS and API key come from Temporal's own environment or profile.
  const patchcycle = await connect();
  try {
    const inventory = await readInventory(inventoryFile);
    const hosts = Object.entries(inventory.hosts)
      .filter(([, host]) => host.groups.includes(group))
      .map(([name]) => name);

    // Which host in which wave is decided here, by the policy's `rollout`; nothing is started yet.
    const requestedBy = userInfo().username;
    const rollout = planRollout(inventory, { hosts, requestedBy, reason: 'weekly updates' });
    const name = `${group}-weekly`;
    const { link } = await patchcycle.startRollout(name, rollout);
    console.error(
      `started ${name}: ${hosts.length} hosts, ${rollout.waves.length} waves ${link ?? ''}`,
    );

    // It may take days. Who is waited for: patchcycle rollout status NAME
    for (;;) {
      const { rollout: view, note } = await patchcycle.rolloutStatus(name);
      if (note !== null) console.error(note);
      if (view?.state.name === 'halted') console.error(`halted: ${view.state.why}`);
      if (view?.state.name === 'ended') {
        const bad = view.members
          .filter(({ standing }) => standing.is === 'ended' && !GOOD.includes(standing.ending))
          .map(({ host }) => host);
        console.log(
          `${name} ${view.state.outcome}; did not come through: ${bad.join(', ') || 'none'}`,
        );
        return bad.length === 0 && view.state.outcome === 'finished' ? 0 : 2;
      }
      await sleep(10_000);
    }
  } finally {
    await patchcycle.close();
  }
}

const [group, inventoryFile] = process.argv.slice(2);
if (group === undefined || inventoryFile === undefined) {
  console.error('usage: node examples/rollout.ts GROUP FILE');
  process.exit(1);
}
try {
  process.exitCode = await main(group, inventoryFile);
} catch (error) {
  if (!(error instanceof PatchcycleError)) throw error;
  console.error(`${error.message}\n${error.remedy}`);
  process.exitCode = error instanceof TemporalUnreachable ? 3 : 1;
}
