import type { Io } from '../../../src/cli/io.ts';
import { runCli } from '../../../src/cli/run.ts';

export type Ran = { exitCode: number; stdout: string; stderr: string };

export type RunOptions = {
  env?: Record<string, string>;
  isTerminal?: boolean;
  workingDirectory?: string;
  stop?: AbortSignal;
};

/** Runs a command line in this process and keeps what it writes. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const isTTY = options.isTerminal === true;
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns: 100,
    rows: 40,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const io: Io = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    canAsk: false,
    env: { TERM: 'xterm', ...options.env },
    workingDirectory: options.workingDirectory ?? '/',
    stop: options.stop ?? new AbortController().signal,
  };
  return { exitCode: await runCli(argv, io), ...written };
}

/** The one document on standard output; throws when there is anything else. */
export function documentOf({ stdout }: Ran): unknown {
  return JSON.parse(stdout);
}
