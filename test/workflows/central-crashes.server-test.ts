import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { connect, type PatchcycleClient } from '../../src/client/index.ts';
import type { CycleStateName } from '../../src/domain/cycle.ts';
import type { RolloutView } from '../../src/domain/rollout.ts';
import { hostTaskQueue, SEARCH_ATTRIBUTES } from '../../src/temporal/names.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../src/temporal/server/index.ts';
import { policyOf } from './support/cycle-bench.ts';
import { silenceWarnings } from './support/environments.ts';
import { endingsOf, rolloutOf } from './support/fleet.ts';
import { modelHost } from './support/model-host.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/patchcycle.mjs');
const NAME = 'crashing';

/** What a dead worker had taken up is handed to the next after ten seconds, a question to Temporal after twenty, and there are eight of them. */
const TEST_MS = 600_000;
const UNTIL_MS = 150_000;

/** The second one needs attention once, so that it keeps the only slot while the third waits for it. */
const FLEET = {
  'crash-1': modelHost(),
  'crash-2': modelHost([{ step: 'verify', kind: 'throws-for-good', times: 1 }]),
  'crash-3': modelHost(),
  'crash-4': modelHost(),
  'crash-5': modelHost(),
};

let reports: string;
let server: EmbeddedServer;
let client: PatchcycleClient;
let native: NativeConnection;
let agents: Worker[];
let running: Promise<unknown>;
let central: ChildProcess | null = null;

beforeAll(async () => {
  silenceWarnings();
  reports = await mkdtemp(join(tmpdir(), 'patchcycle-test-'));
  server = await startEmbeddedServer({
    uiPort: null,
    searchAttributes: SEARCH_ATTRIBUTES,
    log: () => {},
  });
  client = await connect({ address: server.address });
  native = await NativeConnection.connect({ address: server.address });
  agents = await Promise.all(
    Object.entries(FLEET).map(([host, { activities }]) =>
      Worker.create({
        connection: native,
        taskQueue: hostTaskQueue(host),
        activities,
        maxConcurrentActivityTaskExecutions: 1,
      }),
    ),
  );
  running = Promise.all(agents.map((agent) => agent.run()));
});

afterAll(async () => {
  await crashCentral();
  for (const agent of agents) agent.shutdown();
  await running;
  await native.close();
  await client.close();
  await server.stop();
  await rm(reports, { recursive: true, force: true });
});

/** A central worker as people start it, in a process group of its own: the command of a clone runs it in a second process. */
function startCentral(): void {
  const argv = [PROGRAM, 'worker', '--address', server.address, '--reports', reports];
  central = spawn(process.execPath, argv, { stdio: 'ignore', detached: true });
}

/** Ends it as a machine that loses its power does. */
async function crashCentral(): Promise<void> {
  if (central?.pid === undefined) return;
  const gone = once(central, 'exit');
  process.kill(-central.pid, 'SIGKILL');
  await gone;
  central = null;
}

/** And the next one has taken up its work. */
async function crash(): Promise<void> {
  await crashCentral();
  startCentral();
  await until(() => true);
}

/** Looks at the rollout until it is there; nobody answers while there is no worker. */
async function until(isThere: (view: RolloutView) => boolean): Promise<RolloutView> {
  let latest: RolloutView | null = null;
  const deadline = Date.now() + UNTIL_MS;
  while (Date.now() < deadline) {
    const { rollout } = await client.rolloutStatus(NAME);
    latest = rollout ?? latest;
    if (rollout !== null && isThere(rollout)) return rollout;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The rollout never came there, but to ${JSON.stringify(latest)}`);
}

const stands =
  (wanted: Partial<Record<keyof typeof FLEET, CycleStateName>>) =>
  ({ members }: RolloutView) =>
    members.every(({ host, standing }) => {
      const state = wanted[host as keyof typeof FLEET];
      return state === undefined || (standing.is === 'running' && standing.at === state);
    });

async function approve(host: keyof typeof FLEET): Promise<void> {
  await until(stands({ [host]: 'awaiting-approval' }));
  const { cycle } = await client.status(host);
  await client.approve(host, { by: 'ada', digest: cycle?.plan?.digest ?? '' });
}

const decide = (decision: Parameters<PatchcycleClient['decideRollout']>[1]) =>
  client.decideRollout(NAME, decision);

describe('a central worker that is killed in every state of a rollout', () => {
  it(
    'changes nothing of how it ends, and every host is patched once',
    async () => {
      const policy = policyOf({
        approval: { required: true, expires: '1h' },
        onFailure: 'hold',
        limits: { agentAnswers: '1m', agentSilent: '10s', reboot: '1m' },
      });
      const begun = new Date(Date.now() - 60_000).toISOString();
      // Before it was ever taken up.
      await client.startRollout(
        NAME,
        rolloutOf([['crash-1'], ['crash-2', 'crash-3'], ['crash-4'], ['crash-5']], {
          ...{ policies: [policy], groups: ['crash'], budgets: [{ group: 'crash', slots: 1 }] },
          soak: '3s',
        }),
      );
      startCentral();
      await until(stands({ 'crash-1': 'awaiting-approval' }));
      await crash();
      await approve('crash-1');
      await crash();
      await until(({ state }) => state.name === 'soaking');
      await crash();
      await approve('crash-2');
      await until(stands({ 'crash-2': 'needs-attention' }));
      await approve('crash-3');
      const halted = await until(stands({ 'crash-3': 'awaiting-slot' }));
      expect(halted.state.name).toBe('halted');
      await crash();
      await until(({ state }) => state.name === 'halted');
      await client.resolve('crash-2', { by: 'ada', how: 'retry' });
      await crash();
      await decide({ kind: 'resume', by: 'ada' });
      await until(stands({ 'crash-4': 'awaiting-approval' }));
      await decide({ kind: 'pause', by: 'ada' });
      await crash();
      await until(({ state }) => state.name === 'paused');
      await approve('crash-4');
      await until(({ members }) => members[3]?.standing.is === 'ended');
      await decide({ kind: 'resume', by: 'ada' });
      await until(stands({ 'crash-5': 'awaiting-approval' }));
      await decide({ kind: 'abort', by: 'ada' });
      await crash();
      const ended = await until(({ state }) => state.name === 'ended');

      expect(endingsOf(ended)).toEqual({
        ...{
          'crash-1': 'patched',
          'crash-2': 'patched',
          'crash-3': 'patched',
          'crash-4': 'patched',
        },
        'crash-5': 'aborted',
      });
      expect(ended.decisions.map(({ decision }) => decision.kind)).toEqual([
        ...['resume', 'pause', 'resume', 'abort'],
      ]);
      const installed = Object.values(FLEET).map(
        ({ host }) => host.ran.filter((step) => step === 'upgrade').length,
      );
      expect(installed).toEqual([1, 1, 1, 1, 0]);
      expect(Object.values(FLEET).every(({ host }) => host.lockedBy === null)).toBe(true);
      expect((await client.listBudgets()).flatMap(({ book }) => book.holders)).toEqual([]);
      for (const host of Object.keys(FLEET)) {
        const { entries } = await client.audit({ since: begun, host, reports });
        expect(entries).toHaveLength(1);
      }
    },
    TEST_MS,
  );
});
