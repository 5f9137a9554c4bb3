import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import { fileSha256 } from '../digest.ts';
import { remedyFor } from './remedies.ts';

/** Whether a change's archive lies in the directory and is, bit for bit, the one that the plan names. */
export async function checkArchive(
  change: Change,
  directory: string,
): Promise<'good' | 'missing' | 'altered'> {
  const file = archivePath(change, directory);
  const entry = await orIfMissing(lstat(file), null);
  if (entry === null) return 'missing';
  // A link's target may change after the look.
  if (!entry.isFile()) return 'altered';
  const sha256 = await fileSha256(file);
  return sha256 === change.sha256 ? 'good' : 'altered';
}

export function archivePath(change: Change, directory: string): string {
  return join(directory, change.archive);
}

/** Fails with `HashMismatch` when an archive is missing or is not the one that was approved. */
export async function requireArchives(
  changes: readonly Change[],
  directory: string,
): Promise<void> {
  for (const change of changes) {
    const verdict = await checkArchive(change, directory);
    if (verdict === 'good') continue;
    const what =
      verdict === 'missing' ? 'is not there' : 'is not the archive that the approved plan names';
    throw new StepFailure('HashMismatch', `${archivePath(change, directory)} ${what}`, {
      remedy:
        verdict === 'missing'
          ? 'Nothing was installed. Start the cycle again, which downloads it again.'
          : `Nothing was installed. Find out who has changed it. ${remedyFor('HashMismatch')}`,
    });
  }
}
