import { join } from 'node:path';
import type { StepContext } from '../../activities/context.ts';
import type { CycleId } from '../domain/names.ts';
import { createRunCommand } from '../host/command.ts';
import type { HostConfig } from '../host/config.ts';
import { startAsUnit, startDetached } from '../host/job-start.ts';
import { createRunJob } from '../host/job.ts';
import { openJournal } from '../host/journal.ts';
import { cycleDirectory as directoryOf, type HostPaths } from '../host/paths.ts';
import { openStateDirectory } from '../host/state-dir.ts';
import { hasSystemd } from '../host/systemd.ts';
import type { Argv, HostTools } from '../host/tools.ts';
import type { PackageManager } from '../packages/port.ts';

/** What is the same for every step of one agent. */
export type AgentParts = {
  config: HostConfig;
  paths: HostPaths;
  /** The program that runs package jobs, with its first arguments. */
  supervisor: Argv;
  choosePackages: (tools: HostTools) => PackageManager | Promise<PackageManager>;
};

/** What is of one run of one step. */
export type StepRun = {
  cycle: CycleId;
  step: string;
  progress: (text: string) => void;
  signal: AbortSignal;
};

/**
 * Puts together what a step works with. Opens the state and the cycle's directory, making them
 * when they are missing. Fails with `HostRefuses` when the state's directory cannot be trusted.
 */
export async function openStepContext(parts: AgentParts, run: StepRun): Promise<StepContext> {
  const { config, paths, supervisor } = parts;
  const { cycle, step, progress, signal } = run;
  const cycleDirectory = directoryOf(paths, cycle);
  await openStateDirectory(paths.stateDirectory);
  await openStateDirectory(join(paths.stateDirectory, 'cycles'));
  const journal = await openJournal(cycleDirectory);
  const runCommand = createRunCommand({ cycleDirectory, step, signal });
  const start = (await hasSystemd())
    ? startAsUnit(runCommand, supervisor)
    : startDetached(supervisor);
  const runJob = createRunJob({ cycleDirectory, cycle, step, start, progress, signal });
  const tools: HostTools = { run: runCommand, runJob, progress };
  return { paths, config, tools, journal, packages: await parts.choosePackages(tools) };
}
