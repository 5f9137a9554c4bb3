import { execa } from 'execa';
import type { Argv, CommandOptions, CommandResult } from '../host/tools.ts';

/** A query on a machine that takes longer than this hangs. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** The longest output that the lab reads, `apt-get indextargets` of many sources, has 100 KB. */
const DEFAULT_OUTPUT_BYTES = 16 * 1024 * 1024;

export type RunOptions = CommandOptions & { input?: string };

/**
 * Runs a program on the machine itself and resolves whatever the exit code is. Standard input is
 * closed unless `input` is given.
 */
export async function run(argv: Argv, options: RunOptions = {}): Promise<CommandResult> {
  const [program, ...args] = argv;
  const result = await execa(program, args, {
    reject: false,
    stripFinalNewline: false,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBuffer: options.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES,
    env: { LC_ALL: 'C', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return {
    argv,
    exitCode: result.exitCode ?? null,
    signal: result.signal ?? null,
    stdout: result.stdout,
    // A program that could not be started has said nothing itself; execa's sentence says why.
    stderr: result.stderr || (result.code === undefined ? '' : (result.shortMessage ?? '')),
    durationMs: Math.round(result.durationMs),
    timedOut: result.timedOut,
    truncated: result.isMaxBuffer,
  };
}

/** Runs a program that has to succeed and answers its standard output; otherwise throws what it said. */
export async function runOrThrow(argv: Argv, options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.exitCode !== 0) throw new Error(failureSentence(result));
  return result.stdout;
}

/** Runs a program that takes its time and hands on each line that it writes. */
export async function runWithProgress(
  argv: Argv,
  progress: (line: string) => void,
  timeoutMs: number,
): Promise<void> {
  const [program, ...args] = argv;
  const running = execa(program, args, {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: timeoutMs,
    env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  const lastLines: string[] = [];
  for await (const line of running.iterable({ from: 'all' })) {
    progress(line);
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
  }
  const result = await running;
  if (result.exitCode !== 0) {
    throw new Error(
      `${argv.join(' ')} ${howItEnded(result.exitCode, result.timedOut)}:\n${lastLines.join('\n')}`,
    );
  }
}

/** What failed, in the words that the person who reads it needs. */
export function failureSentence(result: CommandResult): string {
  const said = (result.stderr.trim() || result.stdout.trim()).slice(-2000);
  return `${result.argv.join(' ')} ${howItEnded(result.exitCode, result.timedOut)}: ${said}`;
}

function howItEnded(exitCode: number | null | undefined, timedOut: boolean): string {
  if (timedOut) return 'ran out of time';
  return typeof exitCode === 'number'
    ? `ended with ${exitCode}`
    : 'was ended by a signal or could not start';
}
