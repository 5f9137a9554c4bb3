/**
 * Records one history of every ending into test/histories, for the replay tests. Run by hand when
 * the workflow changed on purpose; the old histories stay, because cycles that began on the old
 * code must still end on the new one. Without names it records all of them:
 *
 *     node test/workflows/support/record-histories.ts [NAME...]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { CycleStateName, CycleView } from '../../../src/domain/cycle.ts';
import { MESSAGES, recordWorkflowId } from '../../../src/temporal/names.ts';
import { folderStore } from '../../../src/store/folder.ts';
import { recordSender } from '../../../src/worker/announce.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './cycle-bench.ts';
import { devServerEnvironment, timeSkippingEnvironment } from './environments.ts';
import { modelHost, type Model } from './model-host.ts';
import { NOTIFICATIONS, recordNotifications } from './record-notifications.ts';
import { recordReview, REVIEW_HISTORIES } from './record-review.ts';
import { recordRollout, ROLLOUT_HISTORIES } from './record-rollout.ts';
import { showHistory } from './show-history.ts';

type Scenario = {
  name: string;
  model: Model;
  fields: Record<string, unknown>;
  decide?: (handle: WorkflowHandle) => Promise<void>;
};

const FOLDER = new URL('../../histories/', import.meta.url);
const ASKS = { approval: { required: true, expires: '1h' } };
const HOLDS = { onFailure: 'hold' };
const nothingToDo = modelHost();
nothingToDo.offer.changes = 0;

const SCENARIOS: Scenario[] = [
  { name: 'patched', model: modelHost(), fields: {} },
  { name: 'up-to-date', model: nothingToDo, fields: {} },
  {
    name: 'patched-after-approval',
    model: modelHost(),
    fields: ASKS,
    decide: verdict(MESSAGES.approve),
  },
  { name: 'rejected', model: modelHost(), fields: ASKS, decide: verdict(MESSAGES.reject) },
  { name: 'expired', model: modelHost(), fields: { approval: { required: true, expires: '1s' } } },
  {
    name: 'aborted',
    model: modelHost(),
    fields: ASKS,
    decide: say('awaiting-approval', MESSAGES.abort, {}),
  },
  { name: 'failed', model: modelHost([{ step: 'backup', kind: 'throws-for-good' }]), fields: {} },
  { name: 'restored', model: modelHost([{ step: 'verify', kind: 'throws-for-good' }]), fields: {} },
  {
    name: 'accepted-as-is',
    model: modelHost([{ step: 'verify', kind: 'throws-for-good' }]),
    fields: HOLDS,
    decide: say('needs-attention', MESSAGES.resolve, { how: 'accept' }),
  },
  {
    name: 'patched-after-retry',
    model: modelHost([{ step: 'verify', kind: 'throws-for-good', times: 1 }]),
    fields: HOLDS,
    decide: say('needs-attention', MESSAGES.resolve, { how: 'retry' }),
  },
];

const SATURDAYS = {
  rrule: 'FREQ=WEEKLY;BYDAY=SA',
  start: '02:00',
  duration: '4h',
  timeZone: 'Europe/Berlin',
};
const DAY_MS = 86_400_000;
const FORTNIGHT = {
  from: new Date(Date.now() - DAY_MS).toISOString(),
  to: new Date(Date.now() + 14 * DAY_MS).toISOString(),
  why: 'Christmas trade',
};

const OVER_DAYS: Scenario[] = [
  { name: 'patched-in-window', model: modelHost(), fields: { window: SATURDAYS } },
  {
    name: 'patched-after-blackout',
    model: modelHost(),
    fields: { window: SATURDAYS, blackouts: [FORTNIGHT] },
  },
];

const RECORD = 'host-record';
const NAMES = process.argv.slice(2);
const isMeant = (name: string) => NAMES.length === 0 || NAMES.includes(name);

await mkdir(FOLDER, { recursive: true });
await recordAll(await openCycleBench(await devServerEnvironment()), SCENARIOS);
await recordAll(await openCycleBench(await timeSkippingEnvironment()), OVER_DAYS);
if (isMeant(RECORD)) await recordRecord(await openCycleBench(await devServerEnvironment()));

if (ROLLOUT_HISTORIES.some(isMeant)) {
  const bench = await openCycleBench(await devServerEnvironment(), { remembersBad: true });
  await keep(bench, await recordRollout(bench));
}
if (REVIEW_HISTORIES.some(isMeant)) {
  const directory = await mkdtemp(join(tmpdir(), 'patchcycle-record-'));
  const reports = folderStore(directory);
  const bench = await openCycleBench(await devServerEnvironment(), { reports });
  await keep(bench, await recordReview(bench));
  await rm(directory, { recursive: true });
}

async function keep(bench: CycleBench, histories: Record<string, string>): Promise<void> {
  for (const [name, workflowId] of Object.entries(histories)) {
    const history = await showHistory(bench.env.address, workflowId);
    await writeFile(new URL(`${name}.json`, FOLDER), history);
    console.log(name);
  }
  await bench.stop();
}

if (isMeant(NOTIFICATIONS)) {
  const env = await devServerEnvironment();
  const bench = await openCycleBench(env);
  const history = await showHistory(env.address, await recordNotifications(bench));
  await writeFile(new URL(`${NOTIFICATIONS}.json`, FOLDER), history);
  console.log(NOTIFICATIONS);
  await bench.stop();
}

/** What a host's agent said twice; a record goes on as long as its host. */
async function recordRecord(bench: CycleBench): Promise<void> {
  const { client, address } = bench.env;
  const send = recordSender(client, new AbortController().signal);
  const announcement = {
    ...{ host: RECORD, agentVersion: '0.1.0', os: 'Debian 12', kernel: '6.1', manager: 'apt' },
    ...{ unattended: true, signedApprovals: false },
  };
  const updates = {
    observedAt: new Date().toISOString(),
    pending: { packages: 2, security: 1, oldestCve: 'CVE-2026-0001' },
    rebootPending: { answer: 'no' as const, reason: 'model' },
  };
  await send(announcement);
  await send({ ...announcement, updates });
  const workflowId = recordWorkflowId(RECORD);
  await client.workflow.getHandle(workflowId).query(MESSAGES.host);
  await writeFile(new URL(`${RECORD}.json`, FOLDER), await showHistory(address, workflowId));
  console.log(RECORD);
  await bench.stop();
}

async function recordAll(bench: CycleBench, scenarios: Scenario[]): Promise<void> {
  for (const { name, model, fields, decide } of scenarios.filter(({ name }) => isMeant(name))) {
    await bench.withAgent(name, model, async () => {
      const handle = await bench.start(inputFor(name, policyOf(fields)));
      await decide?.(handle);
      await handle.result();
      const history = await showHistory(bench.env.address, handle.workflowId);
      await writeFile(new URL(`${name}.json`, FOLDER), history);
      console.log(name);
    });
  }
  await bench.stop();
}

function verdict(signal: string): (handle: WorkflowHandle) => Promise<void> {
  return async (handle) => {
    const { plan } = await until(handle, 'awaiting-approval');
    await handle.signal(signal, { by: 'ada', digest: plan?.digest });
  };
}

function say(
  state: CycleStateName,
  signal: string,
  fields: object,
): (handle: WorkflowHandle) => Promise<void> {
  return async (handle) => {
    await until(handle, state);
    await handle.signal(signal, { by: 'ada', ...fields });
  };
}

async function until(handle: WorkflowHandle, state: CycleStateName): Promise<CycleView> {
  for (;;) {
    const view = await handle.query<CycleView>(MESSAGES.cycle);
    if (view.state.name === state) return view;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
