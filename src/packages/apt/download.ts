import { readFile } from 'node:fs/promises';
import type { Change } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { HostTools } from '../../host/tools.ts';
import { downloadArchives } from '../shared/download.ts';
import { downloadArgv } from './arguments.ts';
import { requireRoom } from './room.ts';
import { runPackageTool } from './run.ts';

/** See {@link PackageManager.download} of the port. */
export async function download(
  tools: HostTools,
  changes: readonly Change[],
  directory: string,
  timeoutMs?: number,
): Promise<{ archives: number; downloadedBytes: number }> {
  const apt = {
    requireRoom: (missing: readonly Change[]) =>
      requireRoom(tools, { changes, missing, directory }),
    fetch: async (portion: readonly Change[], incoming: string, portionTimeoutMs: number) => {
      await runPackageTool(tools, downloadArgv(portion), 'the archives could not be downloaded', {
        subject: 'archives',
        timeoutMs: portionTimeoutMs,
        cwd: incoming,
      });
    },
    user: downloadUser,
  };
  return downloadArchives(tools, apt, changes, directory, timeoutMs);
}

/** apt downloads as its own user `_apt`. */
async function downloadUser(): Promise<number | null> {
  const passwd = await orIfMissing(readFile('/etc/passwd', 'utf8'), '');
  const uid = /^_apt:[^:]*:(\d+):/m.exec(passwd)?.[1];
  return uid === undefined ? null : Number(uid);
}
