import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { countByWord } from '../src/planning/rollout-summary.ts';
import { benchPolicy, hostNames } from './fleet/agents.ts';
import { builtPath, type Installation } from './fleet/installation.ts';
import { onQuickInstallation } from './fleet/quick/installation.ts';
import { rolloutOver } from './fleet/run-rollout.ts';
import { median, type BenchResult } from './result.ts';

const NAME = 'november';
const HOSTS = 1_000;
/** Of ten hosts six are patched, the canary among them, three ask for ever, and one is restored. */
const TEN_HOSTS = [...Array<string>(6).fill('patched'), 'asks', 'asks', 'asks', 'restored'];
const ROUNDS = 7;
const COMMAND_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 200;
const THERE_TIMEOUT_MS = 5 * 60_000;

/** The whole command, from its start to its end, over a rollout in which all kinds of things have happened. */
export async function rolloutStatus(): Promise<BenchResult> {
  return onQuickInstallation(async (installation) => {
    const { client, address } = installation;
    const hosts = hostNames('bench', HOSTS);
    const entries = hosts.map((host, index) => ({
      host,
      policy: index % TEN_HOSTS.length,
      groups: [],
    }));
    const input = rolloutOver(hosts, {
      policies: TEN_HOSTS.map((name) => benchPolicy({ name })),
      waves: [entries.slice(0, 1), entries.slice(1)],
      atOnce: 500,
      approval: 'once',
    });
    await client.startRollout(NAME, input);
    await untilAllStand(installation);
    const wholes: number[] = [];
    const asked: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      wholes.push(await timed(() => showStatus(address)));
      asked.push(await timed(() => client.rolloutStatus(NAME)));
    }
    return {
      what: `patchcycle rollout status over ${HOSTS} hosts`,
      measured: median(wholes) / 1_000,
      unit: 's',
      limit: 1,
      detail: `the middle one of ${seconds(wholes)} s for the whole command; the question alone, by the client library: ${seconds(asked)} s`,
    };
  });
}

/** Until every host stands where it is going to stay. */
async function untilAllStand({ client }: Installation): Promise<void> {
  const deadline = Date.now() + THERE_TIMEOUT_MS;
  for (;;) {
    const { rollout } = await client.rolloutStatus(NAME);
    const counts = countByWord(rollout?.members ?? []);
    const standing = ['restored', 'awaiting-approval', 'patched'].map((word) => counts.get(word));
    if (standing.join() === [HOSTS / 10, (HOSTS / 10) * 3, (HOSTS / 10) * 6].join()) return;
    if (Date.now() > deadline) {
      throw new Error(`The rollout never came there, but to ${JSON.stringify([...counts])}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function showStatus(address: string): Promise<void> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [builtPath('patchcycle.js'), 'rollout', 'status', NAME, '--address', address],
    { timeout: COMMAND_TIMEOUT_MS },
  );
  if (!stdout.includes(`${HOSTS} hosts in 2 waves`)) {
    throw new Error(`The command shows something else:\n${stdout}`);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function seconds(valuesMs: readonly number[]): string {
  return valuesMs.map((ms) => (ms / 1_000).toFixed(2)).join(', ');
}
