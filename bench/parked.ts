import { setTimeout as sleep } from 'node:timers/promises';
import { defineSearchAttributeKey } from '@temporalio/common';
import { inParallel } from '../src/store/parallel.ts';
import { patchWorkflowId } from '../src/temporal/names.ts';
import { benchPolicy, hostNames, withAgents } from './fleet/agents.ts';
import { onInstallation, type Installation } from './fleet/installation.ts';
import { residentBytes } from './fleet/memory.ts';
import { median, type BenchResult } from './result.ts';

const CYCLES = 10_000;
/** Cycles that are being parked at once; each has an agent only until it asks. */
const AT_ONCE = 40;
/** Parked first, in the middle and last, and some between them. */
const APPROVALS = 9;
/** The worker's heap is looked at when what the parking has left behind may be gone. */
const SETTLE_MS = 15_000;
const ASK_EVERY_MS = 100;

const STATE = defineSearchAttributeKey('PatchState', 'KEYWORD');

/**
 * Ten thousand hosts wait for their approval, all at once: what server and central worker hold, and
 * how long it takes until a cycle that is approved has gone on.
 */
export async function parkedCycles(): Promise<BenchResult[]> {
  return onInstallation(async (installation) => {
    const hosts = hostNames('bench', CYCLES);
    const startedMs = performance.now();
    await inParallel(AT_ONCE, hosts, (host) => park(installation, host));
    const parkedS = (performance.now() - startedMs) / 1_000;
    await sleep(SETTLE_MS);
    const server = await residentBytes(installation.serverPid);
    const worker = await residentBytes(installation.workerPid);
    const waits: number[] = [];
    for (let index = 0; index < APPROVALS; index++) {
      const host = hosts[Math.round((index * (CYCLES - 1)) / (APPROVALS - 1))] ?? '';
      waits.push(await approve(installation, host));
    }
    return [
      {
        what: `${CYCLES} cycles parked in approval, memory of server and central worker`,
        measured: (server + worker) / 1e9,
        unit: 'GB',
        limit: 3,
        detail: `server ${megabytes(server)}, worker ${megabytes(worker)}; parked in ${parkedS.toFixed(0)} s`,
      },
      {
        what: 'one of them is approved, until its cycle has gone on',
        measured: median(waits) / 1_000,
        unit: 's',
        limit: 1,
        detail: `the middle one of ${waits.map((ms) => (ms / 1_000).toFixed(2)).join(', ')} s`,
      },
    ];
  });
}

/** Brings the host's cycle to where it asks for approval; its agent is there only until then. */
async function park({ client, temporal, native }: Installation, host: string): Promise<void> {
  await withAgents(native, [host], async () => {
    const policy = benchPolicy({ approval: { required: true } });
    await client.startPatch({ host, policy, groups: [], requestedBy: 'bench' });
    const cycle = temporal.workflow.getHandle(patchWorkflowId(host));
    // Of the server's own notes: to ask the cycle itself would be work for it.
    while ((await cycle.describe()).typedSearchAttributes.get(STATE) !== 'awaiting-approval') {
      await sleep(ASK_EVERY_MS);
    }
  });
}

/** From the client's call until the cycle says that it is past its approval. */
async function approve({ client }: Installation, host: string): Promise<number> {
  const { cycle } = await client.status(host);
  const digest = cycle?.plan?.digest;
  if (digest === undefined) throw new Error(`The cycle of ${host} has no plan`);
  const startedMs = performance.now();
  await client.approve(host, { by: 'bench', digest });
  while ((await stateOf(client, host)) === 'awaiting-approval');
  return performance.now() - startedMs;
}

async function stateOf(client: Installation['client'], host: string): Promise<string | undefined> {
  return (await client.status(host)).cycle?.state.name;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
