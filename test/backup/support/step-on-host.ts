/*
 * Runs one step of a cycle on a lab host, as its agent would, and writes what it answers, or how it
 * fails, as the last line of its standard output:
 *
 *   node step-on-host.ts STEP INPUT
 */
import { backup, proveRestored, restore } from '../../../activities/backup.ts';
import { baseline } from '../../../activities/baseline.ts';
import type { StepContext } from '../../../activities/context.ts';
import { download } from '../../../activities/download.ts';
import { plan } from '../../../activities/plan.ts';
import { refresh } from '../../../activities/refresh.ts';
import { retention } from '../../../activities/retention.ts';
import { upgrade } from '../../../activities/upgrade.ts';
import { StepFailure } from '../../../src/domain/failure.ts';
import type { StepInput } from '../../../src/domain/steps.ts';
import { HostConfig } from '../../../src/host/config.ts';
import { HOST_PATHS } from '../../../src/host/paths.ts';
import { createApt } from '../../../src/packages/apt/index.ts';
import { openStepContext } from '../../../src/worker/step-context.ts';

const STEPS = {
  backup,
  baseline,
  download,
  plan,
  proveRestored,
  refresh,
  restore,
  retention,
  upgrade,
};
export type LabStep = keyof typeof STEPS;

const [name = '', text = ''] = process.argv.slice(2);
const input = JSON.parse(text) as StepInput;
const supervisor = new URL('../../../src/host/job-supervisor.ts', import.meta.url).pathname;
const context = await openStepContext(
  {
    config: HostConfig.parse({ host: input.host, unattended: true, temporal: {} }),
    paths: HOST_PATHS,
    supervisor: [process.execPath, supervisor],
    choosePackages: (tools) => createApt(tools),
  },
  {
    cycle: input.cycle,
    step: name,
    progress: (doing) => console.log(`doing: ${doing}`),
    signal: new AbortController().signal,
  },
);
const step = STEPS[name as LabStep] as (context: StepContext, input: StepInput) => Promise<unknown>;
try {
  console.log(JSON.stringify({ value: await step(context, input) }));
} catch (error) {
  if (!(error instanceof StepFailure)) throw error;
  const { type, message, details } = error;
  console.log(JSON.stringify({ failure: { type, message, details } }));
}
