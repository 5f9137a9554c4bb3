import { randomBytes } from 'node:crypto';
import type { Approval } from '../../../src/domain/approval.ts';
import { StepFailure, type FailureDetails, type FailureType } from '../../../src/domain/failure.ts';
import { NamedPolicy } from '../../../src/domain/policy.ts';
import type {
  BackupSummary,
  HostActivities,
  InstallSummary,
  RestoreProof,
  RestoreSummary,
} from '../../../src/domain/steps.ts';
import type { PlanOverview } from '../../../src/domain/plan.ts';
import type { LabHost } from '../../../src/lab/host.ts';
import type { LabStep } from './step-on-host.ts';

const PROJECT = '/opt/patchcycle';

/** The project on this machine, for `agentDirectory`. */
export const PROJECT_DIRECTORY = new URL('../../..', import.meta.url).pathname;

/** The slowest step is a whole upgrade. */
const STEP_TIMEOUT_MS = 300_000;

type Answer =
  { value: unknown } | { failure: { type: FailureType; message: string; details: FailureDetails } };

/** A cycle on a lab host of which the test itself is the workflow. */
export class LabCycle {
  readonly cycle = `20260101t000000z-${randomBytes(4).toString('hex')}`;
  readonly policy: NamedPolicy;
  plan: PlanOverview | null = null;
  backup: BackupSummary | null = null;
  readonly #host: LabHost;

  constructor(host: LabHost, policy: object = {}) {
    this.#host = host;
    this.policy = NamedPolicy.parse({ name: 'test', scope: 'all', reboot: 'never', ...policy });
  }

  get #input(): object {
    return {
      cycle: this.cycle,
      host: this.#host.name,
      policy: this.policy,
      workflow: { namespace: 'default', workflowId: `patch/${this.#host.name}`, runId: 'run' },
    };
  }

  /** Everything until the host is ready for the change: plan, archives, baseline, backup. */
  async prepare(): Promise<void> {
    await this.step('refresh');
    this.plan = await this.step<'plan', PlanOverview>('plan');
    const { digest } = this.plan;
    await this.step('download', { digest });
    await this.step('baseline', { digest });
    this.backup = await this.step<'backup', BackupSummary>('backup', { digest });
  }

  async upgrade(): Promise<InstallSummary> {
    const digest = this.plan?.digest ?? '';
    const approval: Approval = { kind: 'automatic', digest, policy: this.policy.name };
    return this.step<'upgrade', InstallSummary>('upgrade', { digest, approval });
  }

  async restore(): Promise<RestoreSummary | null> {
    const archiveSha256 = this.backup?.archiveSha256 ?? null;
    return this.step<'restore', RestoreSummary | null>('restore', { archiveSha256 });
  }

  async prove(): Promise<RestoreProof> {
    return this.step<'proveRestored', RestoreProof>('proveRestored');
  }

  /** The command that runs a step on the host. */
  argv(name: LabStep, more: object = {}): [string, ...string[]] {
    return [
      `${PROJECT}/node_modules/node/bin/node`,
      `${PROJECT}/test/backup/support/step-on-host.ts`,
      name,
      JSON.stringify({ ...this.#input, ...more }),
    ];
  }

  async step<Name extends LabStep & keyof HostActivities, Output = void>(
    name: Name,
    more: object = {},
  ): Promise<Output> {
    const { exitCode, stdout, stderr } = await this.#host.run(this.argv(name, more), {
      timeoutMs: STEP_TIMEOUT_MS,
    });
    if (exitCode !== 0) throw new Error(`${name} broke with ${exitCode}: ${stderr}`);
    const answer = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Answer;
    // A step that answers nothing leaves no value.
    if (!('failure' in answer)) return answer.value as Output;
    const { type, message, details } = answer.failure;
    throw new StepFailure(type, message, details);
  }
}
