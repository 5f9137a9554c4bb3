import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import { runCli } from './run.ts';

/** The command `patchcycle`: this process's own streams, signals and exit code. */

const stop = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second Ctrl-C is a person who does not want to wait for a tidy end.
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort(new Error(`stopped by ${signal}`));
  });
}

// `patchcycle status | head -1` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.good);
  process.stderr.write(`The answer could not be written: ${error.message}.\n`);
  process.exit(EXIT.wrongUse);
});

const io: Io = {
  stdout: process.stdout,
  stderr: process.stderr,
  canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
  env: process.env,
  workingDirectory: process.cwd(),
  stop: stop.signal,
};

process.exitCode = await runCli(process.argv.slice(2), io);
