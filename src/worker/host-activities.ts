import { Context } from '@temporalio/activity';
import { z } from 'zod';
import { checkApproval } from '../../activities/approved-plan.ts';
import { backup, proveRestored, restore } from '../../activities/backup.ts';
import { baseline } from '../../activities/baseline.ts';
import { download } from '../../activities/download.ts';
import { drain, undrain } from '../../activities/drain.ts';
import { inspect } from '../../activities/inspect.ts';
import { monitorLogs } from '../../activities/monitor-logs.ts';
import { plan } from '../../activities/plan.ts';
import { rebootAndWait } from '../../activities/reboot-and-wait.ts';
import { refresh } from '../../activities/refresh.ts';
import { release } from '../../activities/release.ts';
import { report } from '../../activities/report.ts';
import { retention } from '../../activities/retention.ts';
import { securityUpdate } from '../../activities/security-update.ts';
import { upgrade } from '../../activities/upgrade.ts';
import { verify } from '../../activities/verify.ts';
import { Approval } from '../domain/approval.ts';
import { Report } from '../domain/report.ts';
import {
  InspectInput,
  PlanInput,
  PlannedStepInput,
  RestoreInput,
  StepInput,
  type HostActivities,
} from '../domain/steps.ts';
import { holderEnded } from './holder-ended.ts';
import { serverTime } from './server-time.ts';
import { stepActivity } from './step-activity.ts';
import type { AgentParts } from './step-context.ts';

const ChangeStepInput = PlannedStepInput.extend({ approval: Approval });
const RebootInput = StepInput.extend({ purpose: z.enum(['patch', 'restore']) });
const ReportInput = StepInput.extend({ draft: Report });

/**
 * Every step of the cycle as an activity. Steps that change nothing but lists and reports run
 * without the host's lock: a plan may be asked for while another cycle holds it, and a cycle that
 * did not get it still writes its report.
 */
export function hostActivities(parts: AgentParts, rebootOrdered: () => void): HostActivities {
  const locked = { needsLock: true } as const;
  const unlocked = { needsLock: false } as const;
  const reboot = stepActivity(parts, {
    ...locked,
    name: 'reboot-and-wait',
    schema: RebootInput,
    run: rebootAndWait,
  });
  return {
    inspect: stepActivity(parts, {
      ...unlocked,
      name: 'inspect',
      schema: InspectInput,
      run: async (context, input) => {
        const activity = Context.current();
        return inspect(context, {
          ...input,
          serverTime: await serverTime(activity),
          holderEnded: (holder) => holderEnded(activity, holder),
        });
      },
    }),
    refresh: stepActivity(parts, { ...unlocked, name: 'refresh', schema: StepInput, run: refresh }),
    plan: stepActivity(parts, { ...unlocked, name: 'plan', schema: PlanInput, run: plan }),
    download: stepActivity(parts, {
      ...locked,
      name: 'download',
      schema: PlannedStepInput,
      run: download,
    }),
    drain: stepActivity(parts, { ...locked, name: 'drain', schema: StepInput, run: drain }),
    undrain: stepActivity(parts, { ...locked, name: 'undrain', schema: StepInput, run: undrain }),
    baseline: stepActivity(parts, {
      ...locked,
      name: 'baseline',
      schema: PlannedStepInput,
      run: baseline,
    }),
    backup: stepActivity(parts, {
      ...locked,
      name: 'backup',
      schema: PlannedStepInput,
      run: backup,
    }),
    checkApproval: stepActivity(parts, {
      ...locked,
      name: 'approval',
      schema: ChangeStepInput,
      run: async (context, input) => void (await checkApproval(context, inItsRun(input))),
    }),
    upgrade: stepActivity(parts, {
      ...locked,
      name: 'upgrade',
      schema: ChangeStepInput,
      run: (context, input) => upgrade(context, inItsRun(input)),
    }),
    securityUpdate: stepActivity(parts, {
      ...locked,
      name: 'security-update',
      schema: ChangeStepInput,
      run: (context, input) => securityUpdate(context, inItsRun(input)),
    }),
    rebootAndWait: async (input) => {
      try {
        return await reboot(input);
      } finally {
        rebootOrdered();
      }
    },
    monitorLogs: stepActivity(parts, {
      ...locked,
      name: 'monitor-logs',
      schema: StepInput,
      run: monitorLogs,
    }),
    verify: stepActivity(parts, {
      ...locked,
      name: 'verify',
      schema: PlannedStepInput,
      run: verify,
    }),
    restore: stepActivity(parts, {
      ...locked,
      name: 'restore',
      schema: RestoreInput,
      run: restore,
    }),
    proveRestored: stepActivity(parts, {
      ...locked,
      name: 'verify',
      schema: StepInput,
      run: proveRestored,
    }),
    report: stepActivity(parts, { ...unlocked, name: 'report', schema: ReportInput, run: report }),
    retention: stepActivity(parts, {
      ...locked,
      name: 'retention',
      schema: StepInput,
      run: retention,
    }),
    release: stepActivity(parts, { ...unlocked, name: 'release', schema: StepInput, run: release }),
  };
}

/**
 * With the workflow run that Temporal says has asked, whatever the input says: a signature is for
 * one run, and who may write to the namespace could name an earlier one.
 */
function inItsRun<Input extends StepInput>(input: Input): Input {
  const { workflowExecution, namespace } = Context.current().info;
  // An activity that no workflow has started is of no run, so no signature can be for it.
  const { workflowId, runId } = workflowExecution ?? { workflowId: '', runId: '' };
  return { ...input, workflow: { namespace, workflowId, runId } };
}
