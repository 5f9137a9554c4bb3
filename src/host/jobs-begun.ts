import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { orIfMissing } from './errno.ts';
import { jobFiles, readJobDocument, type JobSpec, type JobStart } from './job-files.ts';
import type { HostTools } from './tools.ts';

/** Package jobs of a cycle that were begun, by the names they were given, whether they have ended or not. */
export async function jobsBegun(cycleDirectory: string): Promise<JobSpec[]> {
  const directory = join(cycleDirectory, 'jobs');
  const names: string[] = await orIfMissing(readdir(directory), []);
  const begun: JobSpec[] = [];
  for (const name of names.toSorted()) {
    const files = jobFiles(join(directory, name));
    const [spec, start] = await Promise.all([
      readJobDocument<JobSpec>(files.spec),
      readJobDocument<JobStart>(files.started),
    ]);
    if (spec !== null && start !== null) begun.push(spec);
  }
  return begun;
}

/**
 * Waits until no package job of a cycle runs any more: each ends at its own deadline at the latest.
 * Nothing is started, because a job that was begun is only ever waited for.
 */
export async function waitForJobs(
  cycleDirectory: string,
  tools: Pick<HostTools, 'runJob'>,
): Promise<void> {
  for (const { name, argv, env, deadlineMs } of await jobsBegun(cycleDirectory)) {
    await tools.runJob(name, argv, { deadlineMs, env });
  }
}
