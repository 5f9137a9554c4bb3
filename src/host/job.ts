import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CycleId } from '../domain/names.ts';
import { StepFailure } from '../domain/failure.ts';
import { createFileExclusively } from './atomic-file.ts';
import {
  jobFiles,
  readJobDocument,
  type JobFiles,
  type JobSpec,
  type JobStart,
} from './job-files.ts';
import { openDoorbell, type Doorbell } from './doorbell.ts';
import { isSupervised, waitForSurvivors } from './job-survivors.ts';
import type { StartSupervisor } from './job-start.ts';
import { recordCommand } from './command-log.ts';
import { lastLine, notableLines, outputEnd } from './job-output.ts';
import type { Argv, JobOptions, JobResult, RunJob } from './tools.ts';

const JOB_NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** No package job takes a week; and a timer takes no more than 24 days. */
const DEADLINE_MAX_MS = 7 * 86_400_000;

/** A supervisor that was started writes its first file within milliseconds; a loaded host takes longer. */
const START_TIMEOUT_MS = 60_000;

/** How often is looked whether the supervisor still lives, and said what the job is doing. */
const LOOK_EVERY_MS = 1_000;

/** A change in the job's directory wakes the waiter at once; this is for file systems that report none. */
const POLL_MS = 200;

export type RunJobSettings = {
  cycleDirectory: string;
  cycle: CycleId;
  /** The step under whose name the job is logged. */
  step: string;
  start: StartSupervisor;
  progress: (text: string) => void;
  /** Stops the waiting when it is aborted, which throws its reason. The job itself goes on. */
  signal?: AbortSignal;
};

/** Makes the only way in which packages are changed on a host. See {@link RunJob}. */
export function createRunJob(settings: RunJobSettings): RunJob {
  return async (name, argv, options) => {
    settings.signal?.throwIfAborted();
    const directory = await prepare(settings, name, argv, options);
    const files = jobFiles(directory);
    const result = await untilResult(settings, name, directory);
    const { notable } = options;
    if (notable === undefined) return result;
    const lines = [files.stdout, files.stderr].map((file) => notableLines(file, notable));
    return { ...result, notable: (await Promise.all(lines)).flat() };
  };
}

async function untilResult(
  settings: RunJobSettings,
  name: string,
  directory: string,
): Promise<JobResult> {
  const files = jobFiles(directory);
  const recorded = await readJobDocument<JobResult>(files.result);
  if (recorded !== null) return recorded;
  const doorbell = openDoorbell(directory);
  try {
    const start =
      (await readJobDocument<JobStart>(files.started)) ??
      (await startJob(settings, name, directory, doorbell));
    return await waitForResult(settings, files, start, doorbell);
  } finally {
    doorbell.close();
  }
}

async function prepare(
  settings: RunJobSettings,
  name: string,
  argv: Argv,
  { deadlineMs, env = {} }: JobOptions,
): Promise<string> {
  if (!JOB_NAME.test(name)) throw new Error(`"${name}" is no name for a job`);
  const { cycleDirectory, step } = settings;
  const directory = join(cycleDirectory, 'jobs', name);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const spec: JobSpec = {
    name,
    argv,
    env,
    deadlineMs: Math.min(deadlineMs, DEADLINE_MAX_MS),
    cycleDirectory,
    step,
  };
  // The first word stands: what is asked for under the same name later is this job.
  await createFileExclusively(jobFiles(directory).spec, JSON.stringify(spec));
  return directory;
}

/**
 * A job without `started.json` was never run: an agent may have crashed before it started the
 * supervisor, or just after. Starting it again is safe either way, because of two supervisors the
 * second one finds the file and ends.
 */
async function startJob(
  settings: RunJobSettings,
  name: string,
  directory: string,
  doorbell: Doorbell,
): Promise<JobStart> {
  const unit = `patchcycle-${settings.cycle}-${name}`;
  const { started } = jobFiles(directory);
  await settings.start(unit, directory);
  const giveUpAt = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < giveUpAt) {
    const start = await readJobDocument<JobStart>(started);
    if (start !== null) return start;
    await doorbell.wait(POLL_MS, settings.signal);
  }
  throw new StepFailure(
    'CommandFailed',
    `The package job ${unit} was started but did not begin its work within ${START_TIMEOUT_MS / 1_000} seconds.`,
    {
      remedy: `Look on the host: journalctl -u ${unit}; ls -l ${directory}. The step is tried again by itself.`,
    },
  );
}

async function waitForResult(
  settings: RunJobSettings,
  files: JobFiles,
  start: JobStart,
  doorbell: Doorbell,
): Promise<JobResult> {
  let lookedMs = performance.now();
  for (;;) {
    const result = await readJobDocument<JobResult>(files.result);
    if (result !== null) return result;
    if (performance.now() - lookedMs >= LOOK_EVERY_MS) {
      lookedMs = performance.now();
      if (!(await isSupervised(start))) return interrupted(settings, files, start);
      settings.progress(await lastLine(files.stdout));
    }
    await doorbell.wait(POLL_MS, settings.signal);
  }
}

/** The supervisor is gone without a word. What it had started is waited for; then that is the job's end. */
async function interrupted(
  settings: RunJobSettings,
  files: JobFiles,
  start: JobStart,
): Promise<JobResult> {
  const spec = await readJobDocument<JobSpec>(files.spec);
  if (spec === null) throw new Error(`${files.spec} has vanished`);
  await waitForSurvivors(start, spec.deadlineMs, settings.progress, settings.signal);
  const result: JobResult = {
    exitCode: null,
    signal: null,
    interrupted: true,
    timedOut: false,
    durationMs: Math.max(0, Date.now() - Date.parse(start.at)),
    stdout: await outputEnd(files.stdout),
    stderr: await outputEnd(files.stderr),
  };
  const { at } = start;
  const { exitCode, durationMs } = result;
  // The supervisor may have written its result in its very last moment: then that is true.
  if (await createFileExclusively(files.result, JSON.stringify(result))) {
    await recordCommand(settings.cycleDirectory, {
      at,
      step: spec.step,
      argv: [...spec.argv],
      exitCode,
      durationMs,
    });
    return result;
  }
  return (await readJobDocument<JobResult>(files.result)) ?? result;
}
