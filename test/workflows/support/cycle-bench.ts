import { randomUUID } from 'node:crypto';
import { Context, heartbeat } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { askForSlot } from '../../../activities/control/ask-for-slot.ts';
import { closedRuns } from '../../../activities/control/closed-runs.ts';
import { listKnownBad, reportBad } from '../../../activities/control/known-bad.ts';
import { reviewFleet } from '../../../activities/control/review-fleet.ts';
import { storeReport } from '../../../activities/control/store-report.ts';
import type { PatchHostInput } from '../../../src/domain/cycle.ts';
import type { BadReport } from '../../../src/domain/known-bad.ts';
import type { NoticeInput } from '../../../src/domain/notice.ts';
import { NamedPolicy } from '../../../src/domain/policy.ts';
import type { Report } from '../../../src/domain/report.ts';
import type { ReviewInput } from '../../../src/domain/review.ts';
import type { ControlActivities, WorkflowRun } from '../../../src/domain/steps.ts';
import type { ReportStore } from '../../../src/store/port.ts';
import {
  CENTRAL_TASK_QUEUE,
  hostTaskQueue,
  patchWorkflowId,
  WORKFLOW_TYPES,
} from '../../../src/temporal/names.ts';
import { bundleQuietly, TEST_BUNDLE } from '../../support/bundle-workflows.ts';
import type { Model } from './model-host.ts';

/** A Temporal server, the central worker with the real workflows, and agents of model hosts. */
export type CycleBench = {
  env: TestWorkflowEnvironment;
  notices: NoticeInput[];
  /** Resolves with the notice that has these fields; people are told a moment after the state has changed. */
  untilTold(fields: Partial<NoticeInput>): Promise<NoticeInput>;
  stored: Report[];
  /** Whether Temporal answers the question which cycles are over. */
  answers: { closedRuns: boolean };
  /** Runs the work while the model's agent polls its queue. */
  withAgent<T>(name: string, model: Model, work: () => Promise<T>): Promise<T>;
  start(input: PatchHostInput): Promise<WorkflowHandleWithFirstExecutionRunId>;
  stop(): Promise<void>;
};

let bundle: Promise<WorkflowBundleOption> | undefined;

/** The workflows' bundle: in tests the one that was made before them, elsewhere built once. */
export function workflowBundle(): Promise<WorkflowBundleOption> {
  bundle ??= findOrBuild();
  return bundle;
}

async function findOrBuild(): Promise<WorkflowBundleOption> {
  const codePath = process.env[TEST_BUNDLE];
  return codePath === undefined ? bundleQuietly() : { codePath };
}

/**
 * `remembersBad`: whether what made one host restore is left out of the next one's plan, as it is
 * everywhere else. Most tests have hosts that are to know nothing of each other.
 * `reports`: a store in which reports are kept as well, and which reviews read.
 */
export async function openCycleBench(
  env: TestWorkflowEnvironment,
  { remembersBad = false, reports }: { remembersBad?: boolean; reports?: ReportStore } = {},
): Promise<CycleBench> {
  const notices: NoticeInput[] = [];
  const stored: Report[] = [];
  const answers = { closedRuns: true };
  const central = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    taskQueue: CENTRAL_TASK_QUEUE,
    workflowBundle: await workflowBundle(),
    activities: {
      askForSlot: (input: Parameters<ControlActivities['askForSlot']>[0]) =>
        askForSlot(Context.current().client, input),
      listKnownBad: async () => (remembersBad ? listKnownBad(Context.current().client) : []),
      reportBad: (report: BadReport) => reportBad(Context.current().client, report),
      closedRuns(runs: WorkflowRun[]) {
        if (!answers.closedRuns) throw new Error('Temporal is too busy');
        return closedRuns(Context.current().client, runs);
      },
      async notify(notice: NoticeInput) {
        notices.push(notice);
      },
      async deliver() {},
      async storeReport(report: Report) {
        stored.push(report);
        return reports === undefined ? { location: 'memory' } : storeReport(report, reports);
      },
      reviewFleet(input: ReviewInput) {
        if (reports === undefined) throw new Error('This bench has no store of reports');
        const { client } = Context.current();
        return reviewFleet({ client, store: reports, alive: () => heartbeat() }, input);
      },
    },
  });
  const running = central.run();

  return {
    env,
    notices,
    async untilTold(fields) {
      const wanted = Object.entries(fields);
      for (let tries = 0; tries < 300; tries++) {
        const told = notices.find((notice) =>
          wanted.every(([name, value]) => notice[name as keyof NoticeInput] === value),
        );
        if (told !== undefined) return told;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`Nobody was told ${JSON.stringify(fields)}: ${JSON.stringify(notices)}`);
    },
    stored,
    answers,
    async withAgent(name, model, work) {
      const agent = await Worker.create({
        connection: env.nativeConnection,
        namespace: env.namespace ?? 'default',
        taskQueue: hostTaskQueue(name),
        activities: model.activities,
        maxConcurrentActivityTaskExecutions: 1,
      });
      return agent.runUntil(work);
    },
    start: (input) =>
      env.client.workflow.start(WORKFLOW_TYPES.patchHost, {
        taskQueue: CENTRAL_TASK_QUEUE,
        workflowId: `patch/${input.host}/${randomUUID()}`,
        args: [input],
      }),
    async stop() {
      central.shutdown();
      await running;
      await env.teardown();
    },
  };
}

/** Runs the work while the agent of a model host polls, and ends the host's cycle if it is left running. */
export async function withCycleOf(
  bench: CycleBench,
  host: string,
  model: Model,
  work: () => Promise<void>,
): Promise<void> {
  await bench.withAgent(host, model, async () => {
    try {
      await work();
    } finally {
      await bench.env.client.workflow
        .getHandle(patchWorkflowId(host))
        .terminate('the test is over')
        .catch((error: Error) => {
          if (error.name !== 'WorkflowNotFoundError') throw error;
        });
    }
  });
}

/** A whole policy from the few fields that a test is about. */
export function policyOf(fields: Record<string, unknown> = {}): NamedPolicy {
  return NamedPolicy.parse({
    name: 'test',
    scope: 'all',
    approval: { required: false },
    logs: { soak: '1s' },
    limits: { agentAnswers: '5s', agentSilent: '1s', reboot: '1s' },
    ...fields,
  });
}

export function inputFor(
  host: string,
  policy: NamedPolicy,
  rest: Partial<PatchHostInput> = {},
): PatchHostInput {
  return { host, policy, groups: [], budgets: [], requestedBy: 'tester', ...rest };
}
