import {
  ActivityCancellationType,
  proxyActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import { durationMs } from '../../src/domain/duration.ts';
import type { NamedPolicy } from '../../src/domain/policy.ts';
import type { ControlActivities, HostActivities } from '../../src/domain/steps.ts';
import { CENTRAL_TASK_QUEUE, hostTaskQueue } from '../../src/temporal/names.ts';

/** A step that only looks or writes a little. The longest real one, a refresh over a slow line, took minutes. */
const ORDINARY_STEP_MS = 20 * 60_000;

/** Beyond the package job's own deadline: simulation, recovery and reading back. */
const AROUND_A_JOB_MS = 20 * 60_000;

/**
 * How long a host may take to say whether it takes an approval: milliseconds, when its agent is up.
 * Afterwards the approval is refused with that reason, so that whoever sent it can send it again.
 */
const ANSWER_MS = 60_000;

/** Five tries over about a minute outlast a restart of a mirror or an agent, and not a night. */
const RETRY = {
  initialInterval: '1s',
  backoffCoefficient: 3,
  maximumInterval: '30s',
  maximumAttempts: 5,
} as const;

/** The steps on one host; the first argument of each is its summary in the timeline. */
export type Steps = {
  [Name in keyof HostActivities]: (
    summary: string,
    ...args: Parameters<HostActivities[Name]>
  ) => ReturnType<HostActivities[Name]>;
};

/** The steps on one host, each with the time limits that fit it and a summary for the timeline. */
export function stepsOn(host: string, policy: NamedPolicy): Steps {
  const { limits } = policy;
  const silent: ActivityOptions = {
    taskQueue: hostTaskQueue(host),
    scheduleToStartTimeout: durationMs(limits.agentAnswers),
    startToCloseTimeout: ORDINARY_STEP_MS,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: RETRY,
  };
  // A killed agent is noticed by its silence.
  const ordinary: ActivityOptions = {
    ...silent,
    heartbeatTimeout: durationMs(limits.agentSilent),
  };
  const within = (startToCloseMs: number): ActivityOptions => ({
    ...ordinary,
    startToCloseTimeout: startToCloseMs,
  });
  // A person waits for the answer, and can ask again.
  const question: ActivityOptions = { ...ordinary, scheduleToCloseTimeout: ANSWER_MS };
  // One more job's time for the recovery of an interrupted one and the second attempt.
  const packageJob = within(3 * durationMs(limits.packageJob) + AROUND_A_JOB_MS);
  // The agent cannot say that it lives while its host boots, so only the deadline bounds this step.
  const reboot: ActivityOptions = {
    ...silent,
    scheduleToCloseTimeout: durationMs(limits.reboot) + durationMs(limits.agentAnswers),
    startToCloseTimeout: durationMs(limits.reboot),
    retry: { ...RETRY, maximumAttempts: 3 },
  };
  const soak = within(durationMs(policy.logs.soak) + ORDINARY_STEP_MS);
  const options: { [Name in keyof HostActivities]: ActivityOptions } = {
    inspect: ordinary,
    refresh: ordinary,
    plan: ordinary,
    download: within(durationMs(limits.packageJob)),
    drain: within(durationMs(limits.hook) + ORDINARY_STEP_MS),
    undrain: within(durationMs(limits.hook) + ORDINARY_STEP_MS),
    baseline: ordinary,
    backup: within(durationMs(limits.packageJob)),
    checkApproval: question,
    upgrade: packageJob,
    securityUpdate: packageJob,
    rebootAndWait: reboot,
    monitorLogs: soak,
    verify: ordinary,
    restore: packageJob,
    proveRestored: ordinary,
    report: ordinary,
    retention: ordinary,
    release: ordinary,
  };
  const activities = proxyActivities<HostActivities>(ordinary);
  const steps: Record<string, unknown> = {};
  for (const name of Object.keys(options) as (keyof HostActivities)[]) {
    const activity = activities[name] as {
      executeWithOptions(options: ActivityOptions, args: unknown[]): Promise<unknown>;
    };
    steps[name] = (summary: string, ...args: unknown[]) =>
      activity.executeWithOptions({ ...options[name], summary: shortSummary(summary) }, args);
  }
  return steps as Steps;
}

/** The central workers' own activities. A killed worker is noticed by its silence. */
export function controlActivities(summary: string): ControlActivities {
  return proxyActivities<ControlActivities>({
    taskQueue: CENTRAL_TASK_QUEUE,
    startToCloseTimeout: '1m',
    heartbeatTimeout: '20s',
    retry: RETRY,
    summary: shortSummary(summary),
  });
}

/** The Web UI's timeline cuts a summary at 120 characters. */
function shortSummary(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
