import { Context, heartbeat } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { askForSlot } from '../../activities/control/ask-for-slot.ts';
import { closedRuns } from '../../activities/control/closed-runs.ts';
import { deliver } from '../../activities/control/deliver.ts';
import { notify } from '../../activities/control/notify.ts';
import { listKnownBad, reportBad } from '../../activities/control/known-bad.ts';
import { reviewFleet } from '../../activities/control/review-fleet.ts';
import { storeReport } from '../../activities/control/store-report.ts';
import type { CentralConfig } from '../domain/central-config.ts';
import type { ControlActivities } from '../domain/steps.ts';
import type { LinkTo } from '../report/bulletin.ts';
import { openStore, reportsLocation } from '../store/open.ts';
import type { ReportStore } from '../store/port.ts';
import {
  resolveConnection,
  type ConnectionSettings,
  type ResolvedConnection,
} from '../temporal/connection.ts';
import { CENTRAL_TASK_QUEUE, stateLink, workflowLink } from '../temporal/names.ts';
import { FORGIVING } from '../temporal/forgiving-codec.ts';
import { webUiFor } from '../temporal/web-ui.ts';
import { gatherRules, loadCentralConfig } from './central-config.ts';
import { alive } from './control-activity.ts';
import { installRuntime } from './runtime.ts';
import { sayToStderr, type Say } from './say.ts';
import { serve } from './serve.ts';
import { stopSignal } from './stop-signal.ts';

/** Storing a report takes milliseconds; this is for a slow disk. */
const SHUTDOWN_GRACE_MS = 5_000;

/**
 * Workflows kept ready, 0.4 MB each. One that waits for days is loaded again from its history in a
 * few hundredths of a second; the default, by the size of the machine, would fill gigabytes.
 */
const WORKFLOWS_KEPT = 500;

export type CentralWorkerOptions = {
  /** The workflows' bundle, built beforehand. */
  bundlePath: string;
  connection?: ConnectionSettings;
  /** Where reports are kept; default {@link reportsLocation}. */
  reports?: string;
  /** The file of the central workers; default `PATCHCYCLE_CONFIG`, or none. */
  configFile?: string | undefined;
  say?: Say;
};

type Settings = { reports: ReportStore; config: CentralConfig; linkTo: LinkTo; say: Say };

/** The activities of the central workers. */
function controlActivities({ reports, config, linkTo, say }: Settings): ControlActivities {
  const rules = gatherRules(config);
  return alive({
    storeReport: (report) => storeReport(report, reports),
    askForSlot: (input) => askForSlot(Context.current().client, input),
    listKnownBad: () => listKnownBad(Context.current().client),
    reportBad: (report) => reportBad(Context.current().client, report),
    closedRuns: (runs) => closedRuns(Context.current().client, runs),
    reviewFleet: (input) => {
      const { connection, options } = Context.current().client;
      const { namespace } = options;
      const client = new Client({ connection, namespace, dataConverter: FORGIVING });
      return reviewFleet({ client, store: reports, alive: () => heartbeat() }, input);
    },
    notify: (notice) => {
      const { client, info } = Context.current();
      const { workflowExecution: run, activityId, attempt } = info;
      if (run === undefined) throw new Error('Only a workflow tells people something');
      return notify(client, notice, { say, rules, by: { run, activityId, attempt } });
    },
    deliver: (input) => deliver(config.notifications.channels, input, linkTo),
  });
}

function linkMaker({ address, namespace }: ResolvedConnection): LinkTo {
  const uiUrl = process.env['PATCHCYCLE_UI_URL'] || webUiFor(address);
  return (target) => {
    if (uiUrl === null) return null;
    return 'state' in target
      ? stateLink(uiUrl, namespace, target.state)
      : workflowLink(uiUrl, namespace, target.workflowId, target.runId);
  };
}

/**
 * Runs a central worker until SIGTERM or SIGINT: workflows and control activities. Any number of
 * them may run. After the signal it finishes what it has begun, for a few seconds.
 */
export async function runCentralWorker(options: CentralWorkerOptions): Promise<void> {
  const { bundlePath, connection: settings = {}, say = sayToStderr } = options;
  const { configFile = process.env['PATCHCYCLE_CONFIG'] } = options;
  const resolved = resolveConnection(settings);
  const config = await loadCentralConfig(configFile || undefined);
  const channels = Object.keys(config.notifications.channels).join(', ');
  const linkTo = linkMaker(resolved);
  const reports = await openStore(options.reports ?? reportsLocation(process.env));
  // Before the first cycle needs it: a report that cannot be stored is told to nobody who waits for it.
  await reports.prepare();
  const stop = stopSignal(2 * SHUTDOWN_GRACE_MS);
  installRuntime(say);
  await serve({
    resolved,
    say,
    stop,
    ready: `The central worker is ready: ${resolved.address}, namespace ${resolved.namespace}; reports go to ${reports.location}; people are told ${channels === '' ? 'in this log only' : `in this log and by ${channels}`}.`,
    createWorker: (connection) =>
      Worker.create({
        connection,
        namespace: resolved.namespace,
        taskQueue: CENTRAL_TASK_QUEUE,
        workflowBundle: { codePath: bundlePath },
        activities: controlActivities({ reports, config, linkTo, say }),
        maxCachedWorkflows: WORKFLOWS_KEPT,
        shutdownGraceTime: SHUTDOWN_GRACE_MS,
      }),
  });
}
