import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootIdentity } from '../domain/facts.ts';
import { orIfMissing } from './errno.ts';
import type { Argv, JobResult } from './tools.ts';

/*
 * A job is a directory, `<cycle>/jobs/<name>/`:
 *
 *   spec.json      what is to be run; written by the agent, never changed
 *   started.json   which supervisor runs it; created exclusively by that supervisor, once
 *   stdout, stderr what the program wrote, bounded
 *   result.json    how it ended; created exclusively, once, never changed
 *
 * Which of the four exist says all there is to know, to any agent and after any crash.
 */

export type JobSpec = {
  name: string;
  argv: Argv;
  env: Readonly<Record<string, string>>;
  deadlineMs: number;
  /** The cycle's directory and the step, for the command log. */
  cycleDirectory: string;
  step: string;
};

/** The supervisor of a job. Its session holds everything that the job's program starts. */
export type JobStart = { pid: number; startTicks: string; boot: BootIdentity; at: string };

export type JobFiles = {
  spec: string;
  started: string;
  stdout: string;
  stderr: string;
  result: string;
};

export function jobFiles(directory: string): JobFiles {
  return {
    spec: join(directory, 'spec.json'),
    started: join(directory, 'started.json'),
    stdout: join(directory, 'stdout'),
    stderr: join(directory, 'stderr'),
    result: join(directory, 'result.json'),
  };
}

/** One of the job's documents, or null while it does not exist. They are only ever created whole. */
export async function readJobDocument<T extends JobSpec | JobStart | JobResult>(
  path: string,
): Promise<T | null> {
  const text = await orIfMissing(readFile(path, 'utf8'), null);
  return text === null ? null : (JSON.parse(text) as T);
}
