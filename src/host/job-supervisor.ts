import { spawn } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { createFileExclusively } from './atomic-file.ts';
import { readBootIdentity } from './boot-identity.ts';
import { boundFile, openOutput, readTail } from './bounded-file.ts';
import { CLEAN_ENVIRONMENT } from './clean-environment.ts';
import { recordCommand } from './command-log.ts';
import { endWhatHangs } from './hanging.ts';
import { RESULT_TAIL_BYTES } from './job-output.ts';
import {
  jobFiles,
  readJobDocument,
  type JobFiles,
  type JobSpec,
  type JobStart,
} from './job-files.ts';
import { readProcess } from './process-table.ts';
import type { JobResult } from './tools.ts';

/*
 * The program that runs one package job, outside of the agent and independent of it:
 *
 *   node job-supervisor.cjs JOB_DIRECTORY
 *
 * It is small on purpose: it imports neither zod nor anything else that has to be loaded.
 */

/** How often the outputs are looked at for their bound. */
const BOUND_EVERY_MS = 500;

/**
 * A package tool that has not ended this long after its deadline, though everything below it was
 * ended, stands still in the kernel or waits for what nobody can give: it is left alone and said so.
 */
const GIVE_UP_AFTER_DEADLINE_MS = 30 * 60_000;

async function main(directory: string): Promise<void> {
  const startedMs = performance.now();
  const at = new Date().toISOString();
  const files = jobFiles(directory);
  const spec = await readJobDocument<JobSpec>(files.spec);
  if (spec === null) throw new Error(`${directory} has no job`);
  // Whoever stops units or processes waits for the package tool: this program ends after it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  // Of several supervisors of one job, whatever started them, exactly one goes on.
  if (!(await createFileExclusively(files.started, JSON.stringify(await ownStart(at))))) return;
  process.umask(0o022);

  const ended = await runProgram(spec, files);
  const result: JobResult = {
    ...ended,
    interrupted: false,
    durationMs: Math.round(performance.now() - startedMs),
  };
  const { exitCode, durationMs } = result;
  await recordCommand(spec.cycleDirectory, {
    at,
    step: spec.step,
    argv: [...spec.argv],
    exitCode,
    durationMs,
  });
  await createFileExclusively(files.result, JSON.stringify(result));
}

async function ownStart(at: string): Promise<JobStart> {
  const own = await readProcess(process.pid);
  if (own === null) throw new Error('/proc does not show this process');
  return { pid: own.pid, startTicks: own.startTicks, boot: await readBootIdentity(), at };
}

type Ended = Pick<JobResult, 'exitCode' | 'signal' | 'timedOut' | 'stdout' | 'stderr'>;

async function runProgram(spec: JobSpec, files: JobFiles): Promise<Ended> {
  const stdout = await openOutput(files.stdout);
  const stderr = await openOutput(files.stderr);
  const over = new AbortController();
  const bounding = boundUntil(over.signal, [stdout, stderr]);
  const exit = await untilEnd(spec, [stdout, stderr], over);
  await bounding;
  const texts = [await textTail(stdout), await textTail(stderr)] as const;
  return { ...exit, stdout: texts[0], stderr: texts[1] + exit.note };
}

type Exit = { exitCode: number | null; signal: string | null; timedOut: boolean; note: string };

/**
 * Runs the program in this process's own session, by which an agent finds it should this process
 * be killed. `over` is aborted when the program has ended.
 */
async function untilEnd(
  spec: JobSpec,
  [stdout, stderr]: readonly [FileHandle, FileHandle],
  over: AbortController,
): Promise<Exit> {
  let timedOut = false;
  const [file, ...args] = spec.argv;
  const child = spawn(file, args, {
    cwd: '/',
    env: { ...CLEAN_ENVIRONMENT, ...spec.env },
    stdio: ['ignore', stdout.fd, stderr.fd],
  });
  const deadline = setTimeout(() => {
    timedOut = true;
    if (child.pid !== undefined) endWhatHangs(child.pid, over.signal).catch(report);
  }, spec.deadlineMs);
  const exit = await new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      resolve({ exitCode: null, signal: null, timedOut: false, note: `${error.message}\n` });
    });
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, timedOut, note: '' }));
    setTimeout(() => resolve(givenUp(spec)), spec.deadlineMs + GIVE_UP_AFTER_DEADLINE_MS).unref();
  });
  clearTimeout(deadline);
  over.abort();
  return exit;
}

function givenUp({ argv }: JobSpec): Exit {
  const note = `patchcycle stopped waiting: ${argv[0]} still runs, long after its deadline.\n`;
  return { exitCode: null, signal: null, timedOut: true, note };
}

async function boundUntil(over: AbortSignal, outputs: readonly FileHandle[]): Promise<void> {
  for (;;) {
    const isOver = over.aborted;
    for (const output of outputs) await boundFile(output).catch(report);
    if (isOver) return;
    await untilAborted(over, BOUND_EVERY_MS);
  }
}

/** Waits until the signal is aborted, `waitMs` at most. */
function untilAborted(signal: AbortSignal, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A listener that comes after the abort is never called.
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, waitMs);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

async function textTail(file: FileHandle): Promise<string> {
  return (await readTail(file, RESULT_TAIL_BYTES)).toString('utf8');
}

/** Standard error is the unit's journal; the job goes on. */
function report(error: unknown): void {
  console.error(error);
}

main(process.argv[2] ?? '').then(
  // A program that was given up keeps this process from ending by itself.
  () => process.exit(0),
  (error: unknown) => {
    report(error);
    process.exit(1);
  },
);
