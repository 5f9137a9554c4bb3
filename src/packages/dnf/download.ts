import type { Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
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
  }
}
