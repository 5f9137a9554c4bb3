import { chmod, chown, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { HostTools } from '../../host/tools.ts';
import { fileSha256 } from '../digest.ts';
import { archivePath, checkArchive } from './archives.ts';
import { downloadArgv } from './arguments.ts';
import { inPortions } from './portions.ts';
import { remedyFor } from './remedies.ts';
import { requireRoom } from './room.ts';
import { runPackageTool } from './run.ts';

/** apt gives up on a silent mirror after half a minute; this bounds one that sends a byte a second. */
const DOWNLOAD_TIMEOUT_MS = 3_600_000;

/** See {@link PackageManager.download} of the port. */
export async function download(
  tools: HostTools,
  changes: readonly Change[],
  directory: string,
): Promise<{ archives: number; downloadedBytes: number }> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const missing: Change[] = [];
  for (const change of changes) {
    if ((await checkArchive(change, directory)) !== 'good') missing.push(change);
  }
  await requireRoom(tools, { changes, missing, directory });
  const incoming = join(directory, 'incoming');
  let done = 0;
  for (const portion of inPortions(missing)) {
    tools.progress(
      `downloading archives ${done + 1} to ${done + portion.length} of ${missing.length}`,
    );
    await prepareIncoming(incoming);
    await runPackageTool(tools, downloadArgv(portion), 'the archives could not be downloaded', {
      subject: 'archives',
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
      cwd: incoming,
    });
    for (const change of portion) await accept(change, incoming, directory);
    done += portion.length;
  }
  await rm(incoming, { recursive: true, force: true });
  const downloadedBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { archives: changes.length, downloadedBytes };
}

/**
 * apt downloads as its own user `_apt`, who needs a directory to write into. Only what was compared
 * with the plan leaves it, and belongs to root from then on.
 */
async function prepareIncoming(incoming: string): Promise<void> {
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { mode: 0o755 });
  const uid = await downloadUser();
  if (uid !== null) await chown(incoming, uid, 0);
}

async function downloadUser(): Promise<number | null> {
  const passwd = await orIfMissing(readFile('/etc/passwd', 'utf8'), '');
  const uid = /^_apt:[^:]*:(\d+):/m.exec(passwd)?.[1];
  return uid === undefined ? null : Number(uid);
}

/** Takes an archive over when it is the one that the plan names. Fails with `HashMismatch`. */
async function accept(change: Change, incoming: string, directory: string): Promise<void> {
  const file = join(incoming, change.archive);
  // From here on nobody but root can write to it; then it is read.
  await chown(file, 0, 0);
  await chmod(file, 0o644);
  const sha256 = await fileSha256(file);
  if (sha256 !== change.sha256) {
    throw new StepFailure(
      'HashMismatch',
      `${change.archive} has the SHA-256 ${sha256}, the plan names ${change.sha256}`,
      { remedy: remedyFor('HashMismatch') },
    );
  }
  await rename(file, archivePath(change, directory));
}
