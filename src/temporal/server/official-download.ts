import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { z } from 'zod';
import type { Executable } from './executable.ts';

/** The service that Temporal's SDKs download from, with the same request. */
const SERVICE = 'https://temporal.download';
/** The service knows which version goes with which SDK. A test compares it to package.json. */
export const SDK_VERSION = '1.24.0';

/** Where it is refused or unreachable, the next source shall have its turn soon. */
const ANSWER_TIMEOUT_MS = 8_000;
/** A slow line is fine; one on which nothing has come for this long is dead. */
const STALL_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 30 * 60_000;
/** The largest of these programs is 160 MB unpacked. */
const MAX_PROGRAM_BYTES = 1024 ** 3;
const PROGRESS_INTERVAL_MS = 2_000;

const DownloadInfo = z.object({ archiveUrl: z.url(), fileToExtract: z.string() });

/**
 * Downloads a program of Temporal into `directory`, where it appears complete or not at all.
 * Throws when the service cannot be reached, refuses, or sends something unexpected.
 */
export async function downloadOfficial(
  { program, artifact }: Executable,
  directory: string,
  progress: (line: string) => void,
  service: string = SERVICE,
): Promise<void> {
  const { archiveUrl, fileToExtract } = await askWhere(artifact, service);
  progress(`downloading ${program} from ${new URL(archiveUrl).host}`);
  await mkdir(directory, { recursive: true });
  const temporary = await mkdtemp(join(directory, 'incoming-'));
  try {
    const file = join(temporary, program);
    await extractOne(archiveUrl, fileToExtract, file, (text) =>
      progress(`downloading ${program}: ${text}`),
    );
    await rename(file, join(directory, program));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function askWhere(artifact: string, service: string): Promise<z.infer<typeof DownloadInfo>> {
  const url = new URL(`${service}/${artifact}/default`);
  url.search = new URLSearchParams({
    arch: process.arch === 'x64' ? 'amd64' : process.arch,
    platform: process.platform,
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': SDK_VERSION,
  }).toString();
  const response = await get(url.href, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
  return DownloadInfo.parse(await response.json());
}

/** Writes one file of a .tar.gz on the web to `destination`, executable. */
async function extractOne(
  archiveUrl: string,
  wanted: string,
  destination: string,
  progress: (text: string) => void,
): Promise<void> {
  const stalled = new AbortController();
  const signal = AbortSignal.any([stalled.signal, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)]);
  const response = await get(archiveUrl, signal);
  if (response.body === null) throw new Error(`${archiveUrl} has no content`);
  const body = Readable.fromWeb(response.body);
  const archive = extract();
  const flowing = pipeline(
    body,
    watchFlow(Number(response.headers.get('content-length')), stalled, progress),
    createGunzip(),
    archive,
    { signal },
  );
  const extracting = (async () => {
    let found = false;
    for await (const entry of archive) {
      if (entry.header.name.replace(/^\.\//, '') === wanted && !found) {
        if ((entry.header.size ?? 0) > MAX_PROGRAM_BYTES) throw new Error(`${wanted} is too large`);
        await pipeline(entry, createWriteStream(destination, { mode: 0o755, flags: 'wx' }));
        found = true;
      } else {
        entry.resume();
      }
    }
    if (!found) throw new Error(`${basename(archiveUrl)} has no ${wanted}`);
  })();
  await Promise.all([flowing, extracting]);
}

/** Passes bytes on, says how far it is, and gives up when none come any more. */
function watchFlow(
  totalBytes: number,
  stalled: AbortController,
  progress: (text: string) => void,
): Transform {
  let seenBytes = 0;
  let saidAt = Date.now();
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const giveUp = () => stalled.abort(new Error(`nothing came for ${STALL_TIMEOUT_MS / 1000} s`));
  const stallTimer = setTimeout(giveUp, STALL_TIMEOUT_MS);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      stallTimer.refresh();
      seenBytes += chunk.length;
      if (Date.now() - saidAt > PROGRESS_INTERVAL_MS) {
        saidAt = Date.now();
        progress(megabytes(seenBytes) + (totalBytes > 0 ? ` of ${megabytes(totalBytes)}` : ''));
      }
      done(null, chunk);
    },
    destroy(error, done) {
      clearTimeout(stallTimer);
      done(error);
    },
  });
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    // fetch says only "fetch failed"; what failed is in the cause.
    const { cause, message } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    throw new Error(`${host} cannot be reached (${reason})`, { cause: error });
  }
  if (!response.ok) throw new Error(`${host} answers ${response.status} to ${url}`);
  return response;
}
