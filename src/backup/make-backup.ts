import { lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StepFailure } from '../domain/failure.ts';
import type { CycleId, HostName } from '../domain/names.ts';
import { syncDirectory, writeFileAtomically } from '../host/atomic-file.ts';
import { errnoOf, orIfMissing } from '../host/errno.ts';
import { writeArchive, type Archive } from './archive.ts';
import { estimateBackupBytes, mebibytes, requireBackupSpace } from './backup-space.ts';
import { toText } from './byte-path.ts';
import { ReadBackDiffers } from './frame-prover.ts';
import { listScope } from './list-tree.ts';
import { readMounts } from './mounts.ts';
import { TreeUnreadable } from './read-tree.ts';
import { RECORD_NAME, type BackupRecord } from './record.ts';
import type { Scope } from './scope.ts';
import { MalformedArchive } from './tar-header.ts';
import type { TreeRoot } from './tree-root.ts';

/** A file that changes during three passes of some seconds each is written all the time. */
const ATTEMPTS_MAX = 3;

export type BackupInput = {
  root: TreeRoot;
  scope: Scope;
  /** Where the backup lies afterwards; what was there is replaced. */
  directory: string;
  cycle: CycleId;
  host: HostName;
  /** Says what is being done, in a few words. */
  progress: (text: string) => void;
};

/**
 * Makes a backup of everything in the scope and verifies it by reading it back; a file that changed
 * meanwhile makes it begin anew, three times in all. A crash leaves a directory without a record,
 * which is no backup.
 *
 * Fails with `NotEnoughSpace` and `BackupUnverifiable`; the directory is gone then.
 */
export async function makeBackup(input: BackupInput): Promise<BackupRecord> {
  let changed = '';
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const made = await attemptBackup(input);
    if (!('changed' in made)) return made;
    changed = made.changed;
    input.progress(`a file changed meanwhile, so the backup begins anew: ${changed}`);
  }
  throw unverifiable(
    input,
    `files were written while they were read, ${ATTEMPTS_MAX} times in a row, the last time: ${changed}`,
    'Stop what writes them for the length of the backup (the drain hook is the place for it), or take them out of backup.paths, and start the cycle again.',
  );
}

async function attemptBackup(input: BackupInput): Promise<BackupRecord | { changed: string }> {
  const { root, scope, directory, progress } = input;
  await makeEmptyDirectory(directory);
  try {
    progress('listing what the backup covers');
    const paths = await listScope(root, scope, readMounts());
    const bytes = await estimateBackupBytes(root, paths);
    await requireBackupSpace(directory, bytes);
    progress(`backing up ${paths.length} files, ${mebibytes(bytes)} MiB at most`);
    const archive = await writeArchive(root, directory, scope, paths);
    if ('changed' in archive) {
      await rm(directory, { recursive: true });
      return archive;
    }
    return await finish(input, archive);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw typed(input, error);
  }
}

/** The record is what makes it a backup, so it comes last, and everything before it is on the disk. */
async function finish(input: BackupInput, archive: Archive): Promise<BackupRecord> {
  const { scope, directory, cycle, host } = input;
  const record: BackupRecord = {
    format: 1,
    cycle,
    host,
    createdAt: new Date().toISOString(),
    ...archive,
    scope: {
      trees: scope.trees.map(toText),
      excluded: scope.excluded.map(toText),
      paths: scope.paths.length,
      absent: scope.absent.length,
    },
  };
  await syncDirectory(directory);
  await writeFileAtomically(join(directory, RECORD_NAME), `${JSON.stringify(record, null, 1)}\n`);
  await syncDirectory(dirname(directory));
  return record;
}

async function makeEmptyDirectory(directory: string): Promise<void> {
  const found = await orIfMissing(lstat(directory), null);
  // Deletes a link itself, and never what it points to.
  if (found !== null) await rm(directory, { recursive: true });
  await mkdir(directory, { mode: 0o700 });
}

function typed(input: BackupInput, error: unknown): unknown {
  if (errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT') {
    return new StepFailure(
      'NotEnoughSpace',
      `The file system of ${input.directory} ran full while the backup was written; what had been written is deleted again. Nothing was changed on the host.`,
      { remedy: `Free space there (df -h ${input.directory}; df -i), and start the cycle again.` },
    );
  }
  if (error instanceof ReadBackDiffers) {
    return unverifiable(
      input,
      `what was read back is not what was written: ${error.message}`,
      'Suspect the disk or the memory (dmesg, smartctl -a): a host that cannot keep a file for a second is not to be patched.',
    );
  }
  if (errnoOf(error) === 'EIO') {
    return unverifiable(
      input,
      'the disk did not take what was written, or did not give it back',
      'Look at the disk (dmesg, smartctl -a), and start the cycle again.',
    );
  }
  if (error instanceof TreeUnreadable || error instanceof MalformedArchive) {
    return unverifiable(
      input,
      `tar could not read everything: ${error.message.slice(0, 1_000)}`,
      'Mend what tar names (a disk that fails, a missing tar), and start the cycle again.',
    );
  }
  return error;
}

function unverifiable({ host }: BackupInput, what: string, remedy: string): StepFailure {
  return new StepFailure(
    'BackupUnverifiable',
    `The backup of ${host} could not be verified: ${what}. Nothing was changed on the host.`,
    { remedy },
  );
}
