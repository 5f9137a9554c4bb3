import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let interrupted: NodeJS.Signals | undefined;
for (const signal of SIGNALS) process.on(signal, () => (interrupted ??= signal));

/** 128 + n after the signal n, as a shell says it; undefined while nobody has interrupted. */
export function interruptedCode(): number | undefined {
  return interrupted === undefined ? undefined : 128 + constants.signals[interrupted];
}

/**
 * Runs one stage under a heading and says how long it took. A stage that throws is reported and
 * counts as failed; after an interruption no further one begins.
 */
export async function stage(title: string, work: () => Promise<boolean>): Promise<boolean> {
  if (interrupted !== undefined) return false;
  say(`\n=== ${title}`);
  const started = performance.now();
  let good = false;
  try {
    good = await work();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  say(`=== ${title}: ${good ? 'good' : 'FAILED'} in ${seconds} s`);
  return good;
}

/** Runs one program with the project's own Node; answers whether it exited with 0. */
export function runNode(args: readonly string[], timeoutMs: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const minutes = (ms: number) => `${(ms / 60_000).toFixed(1)} minutes`;
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      // Both outputs in one, so that they stay in order where they are captured.
      stdio: ['ignore', 1, 1],
      timeout: timeoutMs,
    });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, forward);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of SIGNALS) process.off(name, forward);
      if (signal !== null) {
        say(
          `ended by ${signal} after ${minutes(performance.now() - started)} of ${minutes(timeoutMs)}`,
        );
      }
      resolve(code === 0);
    });
  });
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
