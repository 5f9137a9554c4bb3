/**
 * `npm run test:kills -- --family dnf [--runs 20] [--seed N]` patches a lab host again and again and
 * cuts off each installation at another moment: the package tools are killed, or the host's power
 * is cut. Each cycle has to end with the host all new or all old, and to say which of both.
 *
 * The moments come from the seed. Prints a table, and exits with 1 when a cycle has not kept the promise.
 */
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../src/lab/build-product.ts';
import { prepareLab } from '../src/lab/prepare.ts';
import { FAMILIES } from '../test/cycles/support/family.ts';
import { isGood, openKillBench, type Kill, type KillBench } from './kills/kill-bench.ts';
import { randomNumbers } from './kills/random.ts';
import { say } from './stage.ts';

const { values } = parseArgs({
  options: {
    family: { type: 'string', default: '' },
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const family = FAMILIES.find(({ name }) => name === values.family);
const runs = Number(values.runs);
const seed = Number(values.seed);
if (
  family === undefined ||
  !Number.isSafeInteger(runs) ||
  runs < 1 ||
  !Number.isSafeInteger(seed)
) {
  say(
    `usage: npm run test:kills -- --family ${FAMILIES.map(({ name }) => name).join('|')} [--runs 20] [--seed NUMBER]`,
  );
  process.exit(1);
}

await prepareLab(say);
await ensureBuilt(say);
const bench = await openKillBench(family);
try {
  const good = await killAndLook(bench);
  say(`\npatchcycle: ${good} of ${runs} ended all new or all old (${family.name}, seed ${seed})`);
  process.exitCode = good === runs ? 0 : 1;
} finally {
  await bench.close();
}

/** How many of the runs ended well. A kill that came too late is none, and its run is made again. */
async function killAndLook(kills: KillBench): Promise<number> {
  const durationMs = await kills.measure();
  say(`an undisturbed installation takes ${(durationMs / 1_000).toFixed(1)} s; seed ${seed}`);
  say('run  killed  at       outcome          packages');
  const random = randomNumbers(seed);
  let good = 0;
  let late = 0;
  for (let run = 1; run <= runs;) {
    // One in four loses its power: that takes agent and job along, and the host has to boot.
    const kill: Kill = { what: random() < 0.25 ? 'power' : 'tools', at: random() };
    const ending = await kills.run(kill, durationMs);
    const at = `${(kill.at * 100).toFixed(1)} %`;
    const number = ending.hit ? String(run) : 'late';
    say(
      `${number.padEnd(4)} ${kill.what.padEnd(7)} ${at.padEnd(8)} ${ending.outcome.padEnd(16)} ${ending.packages}`,
    );
    const isWell = isGood(ending);
    if (!isWell) await kills.replaceHost();
    if (!ending.hit && isWell) {
      late += 1;
      if (late > runs) throw new Error('more kills came too late than there are runs');
      continue;
    }
    run += 1;
    if (isWell) good += 1;
  }
  return good;
}
