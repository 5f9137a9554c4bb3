import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StepFailure } from '../domain/failure.ts';
import { CycleId, HostName, Sha256 } from '../domain/names.ts';
import { errnoOf } from '../host/errno.ts';
import { ARCHIVE_NAME, MANIFEST_NAME } from './archive.ts';
import { readNote } from './frames.ts';
import { MalformedManifest, parseManifest, type Manifest } from './manifest.ts';

export const RECORD_NAME = 'backup.json';

/** What makes a directory a backup: written last, and so a backup without it does not exist. */
export const BackupRecord = z.strictObject({
  format: z.literal(1),
  cycle: CycleId,
  host: HostName,
  createdAt: z.iso.datetime(),
  archiveSha256: Sha256,
  archiveBytes: z.number().int().positive(),
  manifestSha256: Sha256,
  files: z.number().int().nonnegative(),
  /** For people; what a restore goes by is in the manifest. */
  scope: z.strictObject({
    trees: z.array(z.string()),
    excluded: z.array(z.string()),
    paths: z.number().int(),
    absent: z.number().int(),
  }),
});
export type BackupRecord = z.infer<typeof BackupRecord>;

/** A backup that was held against its hash, with its archive open. */
export type OpenBackup = {
  directory: string;
  record: BackupRecord;
  manifest: Manifest;
  archive: FileHandle;
};

/** The record holds the names of a few trees: some kilobytes. */
const RECORD_BYTES_MAX = 1024 * 1024;

/** The longest real line has 1 kB, and there are 500,000 lines at most. */
const MANIFEST_BYTES_MAX = 512 * 1024 * 1024;

const SHA256_BYTES = 32;

/** The record of the backup in this directory, or null when there is no backup. Fails with `BackupTampered`. */
export async function readRecord(directory: string): Promise<BackupRecord | null> {
  const holder = await lstat(directory).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (holder === null) return null;
  if (!holder.isDirectory()) throw tampered(directory, 'it is not a directory of its own');
  const file = await openOwn(directory, RECORD_NAME);
  if (file === null) return null;
  try {
    const text = (await readWhole(file, RECORD_BYTES_MAX, directory)).toString('utf8');
    const record = BackupRecord.safeParse(JSON.parse(text));
    if (!record.success) throw tampered(directory, `${RECORD_NAME} is not as patchcycle writes it`);
    return record.data;
  } catch (error) {
    if (error instanceof SyntaxError) throw tampered(directory, `${RECORD_NAME} is not JSON`);
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Opens a backup, does the work, and closes it. Fails as {@link openBackup} does.
 */
export async function withBackup<T>(
  directory: string,
  expected: { archiveSha256: string; cycle: string },
  work: (backup: OpenBackup) => Promise<T>,
): Promise<T> {
  const backup = await openBackup(directory, expected);
  try {
    return await work(backup);
  } finally {
    await backup.archive.close();
  }
}

/**
 * Opens a backup after it was held against the hash that its maker was told when it was verified.
 * The archive's hash vouches for the archive, a note in the archive for the manifest, and the
 * manifest for everything that a restore does. Nothing on the host vouches for itself.
 * Fails with `BackupMissing` and, before anything else could be touched, `BackupTampered`.
 */
async function openBackup(
  directory: string,
  expected: { archiveSha256: string; cycle: string },
): Promise<OpenBackup> {
  const record = await readRecord(directory);
  if (record === null) throw missing(directory);
  if (record.cycle !== expected.cycle) {
    throw tampered(directory, `it says that it belongs to the cycle ${record.cycle}`);
  }
  const archive = await openOwn(directory, ARCHIVE_NAME);
  if (archive === null) throw tampered(directory, `${ARCHIVE_NAME} is gone`);
  try {
    if ((await hashOf(archive)) !== expected.archiveSha256) {
      throw tampered(directory, `${ARCHIVE_NAME} has another hash than when it was verified`);
    }
    const note = await readNote(archive, SHA256_BYTES);
    if (note === null) throw tampered(directory, `${ARCHIVE_NAME} does not vouch for a manifest`);
    const manifest = await readManifest(directory, note.toString('hex'));
    return { directory, record, manifest, archive };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

async function readManifest(directory: string, sha256: string): Promise<Manifest> {
  const file = await openOwn(directory, MANIFEST_NAME);
  if (file === null) throw tampered(directory, `${MANIFEST_NAME} is gone`);
  try {
    const content = await readWhole(file, MANIFEST_BYTES_MAX, directory);
    if (createHash('sha256').update(content).digest('hex') !== sha256) {
      throw tampered(directory, `${MANIFEST_NAME} is not the one that the archive was made with`);
    }
    return parseManifest(content);
  } catch (error) {
    if (error instanceof MalformedManifest || error instanceof SyntaxError) {
      throw tampered(
        directory,
        `${MANIFEST_NAME} is not as patchcycle writes it: ${error.message}`,
      );
    }
    throw error;
  } finally {
    await file.close();
  }
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1024 * 1024);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function readWhole(file: FileHandle, bytesMax: number, directory: string): Promise<Buffer> {
  const { size } = await file.stat();
  if (size > bytesMax) throw tampered(directory, `a file of it has ${size} bytes`);
  return file.readFile();
}

/** A file of the backup, or null when it is not there. Only the agent's own regular files count. */
async function openOwn(directory: string, name: string): Promise<FileHandle | null> {
  let file: FileHandle;
  try {
    file = await open(
      join(directory, name),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (errnoOf(error) === 'ELOOP') throw tampered(directory, `${name} is a symbolic link`);
    throw error;
  }
  const entry = await file.stat();
  if (entry.isFile() && entry.uid === process.getuid?.()) return file;
  await file.close();
  throw tampered(directory, `${name} is not a file of the agent's user`);
}

export function tampered(directory: string, what: string): StepFailure {
  return new StepFailure(
    'BackupTampered',
    `The backup in ${directory} is not the one that was verified: ${what}. Nothing was touched.`,
    {
      remedy:
        'Find out who changed it, and put the host right by hand or from another backup; then resolve the cycle with accept.',
    },
  );
}

function missing(directory: string): StepFailure {
  return new StepFailure(
    'BackupMissing',
    `There is no backup in ${directory}, so the host cannot be put back from it. Nothing was touched.`,
    {
      remedy:
        'Look for the directory on other disks and copy it back, then resolve the cycle with restore; or put the host right by hand and resolve with accept.',
    },
  );
}
