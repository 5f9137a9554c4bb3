import { chown, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import { removeSeized, seizeDirectory } from '../../host/remove-tree.ts';
import type { HostTools } from '../../host/tools.ts';
import { acceptArchive } from './accept-archive.ts';
import { checkArchive } from './archives.ts';
import { inPortions } from './portions.ts';

/** The tools give up on a silent mirror by themselves; this bounds one that sends a byte a second. */
const DOWNLOAD_TIMEOUT_MS = 3_600_000;

/** What differs between the families. */
export type Downloading = {
  /** Fails where there is no room for the archives that are missing and what they unpack to. */
  requireRoom(missing: readonly Change[]): Promise<void>;
  /** Fetches the archives into `incoming`, or fails. */
  fetch(portion: readonly Change[], incoming: string, timeoutMs: number): Promise<void>;
  /** The user who has to be able to write into `incoming`; null is root. */
  user(): Promise<number | null>;
};

/** See {@link PackageManager.download} of the port. */
export async function downloadArchives(
  tools: HostTools,
  family: Downloading,
  changes: readonly Change[],
  directory: string,
  timeoutMs: number = Infinity,
): Promise<{ archives: number; downloadedBytes: number }> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const giveUpAt = performance.now() + timeoutMs;
  const incoming = join(directory, 'incoming');
  await salvage(changes, incoming, directory);
  const missing: Change[] = [];
  for (const change of changes) {
    if ((await checkArchive(change, directory)) !== 'good') missing.push(change);
  }
  await family.requireRoom(missing);
  let done = 0;
  for (const portion of inPortions(missing)) {
    tools.progress(
      `downloading archives ${done + 1} to ${done + portion.length} of ${missing.length}`,
    );
    await prepareIncoming(incoming, await family.user());
    const leftMs = Math.max(1, Math.round(giveUpAt - performance.now()));
    try {
      await family.fetch(portion, incoming, Math.min(leftMs, DOWNLOAD_TIMEOUT_MS));
    } catch (error) {
      await salvage(portion, incoming, directory);
      throw error;
    }
    await seizeDirectory(incoming);
    for (const change of portion) await acceptArchive(change, incoming, directory);
    done += portion.length;
  }
  await orIfMissing(removeSeized(incoming), undefined);
  const downloadedBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { archives: changes.length, downloadedBytes };
}

/** Keeps what a download that did not end has finished; on a slow link that is hours of work. */
async function salvage(
  changes: readonly Change[],
  incoming: string,
  directory: string,
): Promise<void> {
  if ((await orIfMissing(lstat(incoming), null)) === null) return;
  await seizeDirectory(incoming);
  const names = new Set(await readdir(incoming));
  for (const change of changes.filter(({ archive }) => names.has(archive))) {
    try {
      await acceptArchive(change, incoming, directory);
    } catch (error) {
      // Most often it is the one that was cut off; it is fetched again.
      if (!(error instanceof StepFailure)) throw error;
    }
  }
}

/**
 * The tools may download as a user of their own, who needs a directory to write into and can be
 * anybody that a mirror has outwitted: nothing in it is trusted. See {@link acceptArchive}.
 */
async function prepareIncoming(incoming: string, user: number | null): Promise<void> {
  await orIfMissing(removeSeized(incoming), undefined);
  await mkdir(incoming, { mode: 0o755 });
  if (user !== null) await chown(incoming, user, 0);
}
