import { chown, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import { removeSeized, seizeDirectory } from '../../host/remove-tree.ts';
import type { HostTools } from '../../host/tools.ts';
import { acceptArchive } from './accept-archive.ts';
import { checkArchive } from './archives.ts';
import { downloadArgv } from './arguments.ts';
import { inPortions } from './portions.ts';
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
    await seizeDirectory(incoming);
    for (const change of portion) await acceptArchive(change, incoming, directory);
    done += portion.length;
  }
  await orIfMissing(removeSeized(incoming), undefined);
  const downloadedBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { archives: changes.length, downloadedBytes };
}

/**
 * apt downloads as its own user `_apt`, who needs a directory to write into and can be anybody that
 * a mirror has outwitted: nothing in it is trusted. See {@link acceptArchive}.
 */
async function prepareIncoming(incoming: string): Promise<void> {
  await orIfMissing(removeSeized(incoming), undefined);
  await mkdir(incoming, { mode: 0o755 });
  const uid = await downloadUser();
  if (uid !== null) await chown(incoming, uid, 0);
}

async function downloadUser(): Promise<number | null> {
  const passwd = await orIfMissing(readFile('/etc/passwd', 'utf8'), '');
  const uid = /^_apt:[^:]*:(\d+):/m.exec(passwd)?.[1];
  return uid === undefined ? null : Number(uid);
}
