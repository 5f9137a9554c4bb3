import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../host/atomic-file.ts';
import { orIfMissing } from '../../host/errno.ts';

/**
 * How far an installation has come, on the disk beside its archives. After a crash of the agent the
 * same jobs are walked through again by it: a job that was started is waited for or its recorded
 * result is taken, and nothing is simulated while the tool may be at work.
 */
export const InstallRecord = z.object({
  /** Counts the runs of the tool over all passes, so that every job's name is new. */
  run: z.number().int(),
  /** The run with which this pass began; a pass has a bounded number of runs. */
  firstRun: z.number().int(),
  /** What run is being done; `between` before its simulation, `ended` when the pass has an end. */
  stage: z.enum(['between', 'installing', 'healing', 'ended']),
  /** Counts the recoveries over all passes, for the names of their jobs. */
  heal: z.number().int(),
  /** How often this pass found packages to recover. */
  healed: z.number().int(),
  /** Packages that this pass has to change, by `name:architecture`. */
  pending: z.array(z.string()),
  /** What the prepared run is told to install, by `name:architecture`; records of before this field have all that is pending. */
  chosen: z.array(z.string()).optional(),
  /** Installed packages whose scripts have not come to a good end, by key, where the database does not tell of it. */
  unfinished: z.array(z.string()).optional(),
  /** Names that were marked as automatically installed when the pass began. */
  automatic: z.array(z.string()),
  /** Files that had been left aside by earlier work when the pass began, with what tells a new one from an old one. */
  leftAside: z.record(z.string(), z.string()),
  /** What the pass came to; only with the stage `ended`, and only when it was good. */
  result: z
    .object({ installed: z.number(), healed: z.number(), leftAside: z.array(z.string()) })
    .optional(),
});
export type InstallRecord = z.infer<typeof InstallRecord>;

function recordPath(directory: string, jobPrefix: string): string {
  return join(directory, `${jobPrefix}.record.json`);
}

export async function readInstallRecord(
  directory: string,
  jobPrefix: string,
): Promise<InstallRecord | null> {
  const text = await orIfMissing(readFile(recordPath(directory, jobPrefix), 'utf8'), null);
  return text === null ? null : InstallRecord.parse(JSON.parse(text));
}

export async function writeInstallRecord(
  directory: string,
  jobPrefix: string,
  record: InstallRecord,
): Promise<void> {
  await writeFileAtomically(recordPath(directory, jobPrefix), JSON.stringify(record));
}
