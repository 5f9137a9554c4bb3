import { ROLLOUT_HOSTS_MAX } from '../src/domain/rollout.ts';
import { rolloutWorkflowId } from '../src/temporal/names.ts';
import { benchPolicy, hostNames } from './fleet/agents.ts';
import type { Installation } from './fleet/installation.ts';
import { onQuickInstallation } from './fleet/quick/installation.ts';
import { rolloutOver, runRollout } from './fleet/run-rollout.ts';
import type { BenchResult } from './result.ts';

const NAME = 'history';
/** The most that a policy can have; what they say all at once is the worst for the history. */
const AT_ONCE = 500;

/** How long the histories of the longest possible rollout get: those of all its runs. */
export async function rolloutHistory(): Promise<BenchResult> {
  return onQuickInstallation(async (installation) => {
    const hosts = hostNames('bench', ROLLOUT_HOSTS_MAX);
    const startedMs = performance.now();
    const { members } = await runRollout(
      installation,
      NAME,
      rolloutOver(hosts, { policies: [benchPolicy({ name: 'patched' })], atOnce: AT_ONCE }),
    );
    const tookS = (performance.now() - startedMs) / 1_000;
    const patched = members.filter(
      ({ standing }) => standing.is === 'ended' && standing.ending === 'patched',
    );
    if (patched.length !== hosts.length) {
      throw new Error(`Only ${patched.length} of ${hosts.length} hosts came through`);
    }
    const lengths = await runLengths(installation);
    return {
      what: `history of a rollout of ${hosts.length} hosts, its longest run`,
      measured: Math.max(...lengths),
      unit: 'events',
      limit: 10_000,
      detail: `${lengths.length} runs of ${lengths.join(', ')} events in ${tookS.toFixed(0)} s; ${AT_ONCE} cycles at once, which run no step and tell the rollout what real ones tell`,
    };
  });
}

/** Events of each run, from the first to the last. */
async function runLengths({ temporal }: Installation): Promise<number[]> {
  const workflowId = rolloutWorkflowId(NAME);
  const lengths: number[] = [];
  let runId = await firstRun(temporal, workflowId);
  while (runId !== '') {
    const { history } = await temporal.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: temporal.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const last = history?.events?.[0];
    lengths.push(Number(last?.eventId));
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
  }
  return lengths;
}

async function firstRun(temporal: Installation['temporal'], workflowId: string): Promise<string> {
  const { raw } = await temporal.workflow.getHandle(workflowId).describe();
  const { firstRunId } = raw.workflowExecutionInfo ?? {};
  if (!firstRunId)
    throw new Error(`Temporal does not say which run of ${workflowId} was the first`);
  return firstRunId;
}
