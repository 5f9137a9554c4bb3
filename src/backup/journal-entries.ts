import { z } from 'zod';
import { BootIdentity } from '../domain/facts.ts';
import { Sha256 } from '../domain/names.ts';
import { readBootIdentity } from '../host/boot-identity.ts';
import type { Journal } from '../host/journal.ts';
import type { Restored } from './restore.ts';

/** What the backup step has done, for the steps that need it later; the journal entry `backup`. */
export const BackupEntry = z.object({
  /** The plan that was to be installed after it. */
  digest: Sha256,
  summary: z.object({
    directory: z.string(),
    archiveSha256: Sha256,
    archiveBytes: z.number(),
    files: z.number(),
  }),
  /** The boot during which it was made; entries of older agents have none. */
  boot: BootIdentity.optional(),
  /** What was installed then, by `name:architecture`; entries of older agents do not know. */
  packages: z.record(z.string(), z.string()).optional(),
});
export type BackupEntry = z.infer<typeof BackupEntry>;

const BACKUP = 'backup';

export async function readBackupEntry(journal: Journal): Promise<BackupEntry | null> {
  const document = await journal.read(BACKUP);
  return document === undefined ? null : BackupEntry.parse(document);
}

export async function writeBackupEntry(journal: Journal, entry: BackupEntry): Promise<void> {
  await journal.write(BACKUP, entry);
}

/** What the restores of this cycle had to do in all; the journal entry `restored`. */
export const RestoredEntry = z.object({
  restored: z.number(),
  deleted: z.number(),
  /** The boot during which something was put back last; null when nothing ever was. */
  boot: BootIdentity.nullable(),
});
export type RestoredEntry = z.infer<typeof RestoredEntry>;

const RESTORED = 'restored';

export async function readRestoredEntry(journal: Journal): Promise<RestoredEntry> {
  const document = await journal.read(RESTORED);
  return document === undefined
    ? { restored: 0, deleted: 0, boot: null }
    : RestoredEntry.parse(document);
}

/**
 * Notes what a restore is about to do, so that an attempt that is cut off counts. The first attempt
 * finds everything, later ones what is left of it.
 */
export async function noteRestored(journal: Journal, planned: Restored): Promise<void> {
  const before = await readRestoredEntry(journal);
  await journal.write(RESTORED, {
    restored: Math.max(before.restored, planned.restored),
    deleted: Math.max(before.deleted, planned.deleted),
    boot: await readBootIdentity(),
  } satisfies RestoredEntry);
}
