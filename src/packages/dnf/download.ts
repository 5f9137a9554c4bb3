import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { fileSha256 } from '../digest.ts';
import { archivePath } from '../shared/archives.ts';
import { downloadArchives } from '../shared/download.ts';
import { specOf } from './advisory-entry.ts';
import { downloadArgv } from './arguments.ts';
import type { Dialect } from './dialects/dialect.ts';
import { requireRoom } from './room.ts';
import { runPackageTool } from './run.ts';
import { requireSignatures } from './signatures.ts';

/** See {@link PackageManager.download} of the port. */
export async function download(
  tools: HostTools,
  dialect: Dialect,
  changes: readonly Change[],
  directory: string,
  timeoutMs?: number,
): Promise<{ archives: number; downloadedBytes: number }> {
  const dnf = {
    requireRoom: (missing: readonly Change[]) =>
      requireRoom(tools, dialect, { changes, missing, directory }),
    fetch: (portion: readonly Change[], incoming: string, portionTimeoutMs: number) =>
      fetchArchives(tools, dialect, portion, incoming, portionTimeoutMs),
    // dnf downloads as root.
    user: () => Promise.resolve(null),
  };
  const downloaded = await downloadArchives(tools, dnf, changes, directory, timeoutMs);
  await requireSignatures(tools, changes, directory);
  return downloaded;
}

/** One repository after another: two may offer one version, built twice. */
async function fetchArchives(
  tools: HostTools,
  dialect: Dialect,
  changes: readonly Change[],
  incoming: string,
  timeoutMs: number,
): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (const [repository, group] of Map.groupBy(changes, ({ origin }) => origin)) {
    await runPackageTool(
      tools,
      downloadArgv(dialect, repository, incoming, group.map(specOf)),
      'the archives could not be downloaded',
      { subject: 'archives', timeoutMs: Math.max(1, Math.round(giveUpAt - performance.now())) },
    );
    await giveNames(group, incoming);
  }
}

/**
 * A repository may call an archive as it likes (`web-8.1.0-x86_64.rpm`), and dnf keeps that name.
 * Its content says which one it is.
 */
async function giveNames(changes: readonly Change[], incoming: string): Promise<void> {
  const names = await readdir(incoming);
  const unnamed = changes.filter(({ archive }) => !names.includes(archive));
  if (unnamed.length === 0) return;
  const known = new Set(changes.map(({ archive }) => archive));
  for (const name of names.filter((one) => !known.has(one))) {
    const sha256 = await fileSha256(join(incoming, name));
    const change = unnamed.find((one) => one.sha256 === sha256);
    if (change !== undefined) await rename(join(incoming, name), archivePath(change, incoming));
  }
}
