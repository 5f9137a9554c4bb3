import { execa } from 'execa';
import { StepFailure, type FailureDetails, type FailureType } from '../domain/failure.ts';
import { CLEAN_ENVIRONMENT } from './clean-environment.ts';
import { recordCommand, shownArgv } from './command-log.ts';
import { maskedTail } from './mask.ts';
import { collect } from './output.ts';
import { endGroup } from './process-group.ts';
import type { Argv, CommandOptions, CommandResult, RunCommand } from './tools.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/**
 * How long output is still read after a command has ended. A service that it started may hold the
 * other end of the pipe for ever.
 */
const OUTPUT_AFTER_END_MS = 500;

export type RunCommandSettings = {
  /** Where commands.jsonl lies; null keeps no log, for commands outside of any cycle. */
  cycleDirectory: string | null;
  /** The step under whose name the commands are logged. */
  step: string;
  /** Ends what runs when it is aborted; the run then throws the signal's reason. */
  signal?: AbortSignal;
};

/** Makes the only way in which anything but a package job is run on a host. See {@link RunCommand}. */
export function createRunCommand(settings: RunCommandSettings): RunCommand {
  return async (argv, options = {}) => {
    settings.signal?.throwIfAborted();
    const at = new Date().toISOString();
    const result = await runToEnd(argv, options, settings.signal);
    if (settings.cycleDirectory !== null) {
      const { exitCode, durationMs } = result;
      const record = { at, step: settings.step, argv: [...argv], exitCode, durationMs };
      await recordCommand(settings.cycleDirectory, record);
    }
    settings.signal?.throwIfAborted();
    return result;
  };
}

async function runToEnd(
  argv: Argv,
  options: CommandOptions,
  signal: AbortSignal | undefined,
): Promise<CommandResult> {
  const [file, ...args] = argv;
  const startedMs = performance.now();
  const child = execa(file, args, {
    cwd: options.cwd ?? '/',
    env: { ...CLEAN_ENVIRONMENT, ...options.env },
    extendEnv: false,
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    buffer: false,
    reject: false,
    // A group of its own, so that a time limit ends everything that the command has started.
    detached: true,
  });
  const outputBytesMax = options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES_MAX;
  const stdout = collect(child.stdout, outputBytesMax);
  const stderr = collect(child.stderr, outputBytesMax);

  let timedOut = false;
  const end = () => endGroup(child.pid);
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  signal?.addEventListener('abort', end, { once: true });

  const closeLater = () => {
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, OUTPUT_AFTER_END_MS).unref();
  };
  child.nodeChildProcess.once('exit', closeLater);
  const ended = await child;
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);

  const notStarted =
    child.pid === undefined ? `${ended.originalMessage ?? 'could not be started'}\n` : '';
  return {
    argv,
    exitCode: timedOut ? null : (ended.exitCode ?? null),
    signal: ended.signal ?? null,
    stdout: stdout.text(),
    stderr: notStarted + stderr.text(),
    durationMs: Math.round(performance.now() - startedMs),
    timedOut,
    truncated: stdout.truncated() || stderr.truncated(),
  };
}

/** Characters of standard error that a failure carries into the workflow's history. */
const STDERR_TAIL_LENGTH = 2_000;

/**
 * The failure of a command or a job, with what a person needs to see of it. `result` is a
 * {@link CommandResult}, or a job's result together with its argument vector.
 */
export function commandFailure(
  type: FailureType,
  message: string,
  result: { argv: readonly string[]; exitCode: number | null; stderr: string },
  remedy: string,
  findings?: FailureDetails['findings'],
): StepFailure {
  return new StepFailure(type, message, {
    remedy,
    command: {
      argv: shownArgv(result.argv),
      exitCode: result.exitCode,
      stderrTail: maskedTail(result.stderr.trimEnd(), STDERR_TAIL_LENGTH),
    },
    ...(findings === undefined ? {} : { findings }),
  });
}
