import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { StepFailure } from '../../domain/failure.ts';
import { CLEAN_ENVIRONMENT } from '../../host/clean-environment.ts';
import { errnoOf } from '../../host/errno.ts';

/**
 * The only place of this folder that starts a program by itself. The command runner of src/host
 * collects output; a kernel's archive has 400 MB of it, of which a few names are wanted.
 */

/** The largest archives of Debian unpack in less than a minute; longer is a disk that hangs. */
const TIMEOUT_MS = 600_000;

export type ArchiveEntry = {
  /** Absolute, as the package has it: `/lib/x` also where `/lib` is a link. */
  path: string;
  type: 'file' | 'directory' | 'link' | 'other';
  /** Where a symbolic link points, or an empty text. */
  target: string;
};

/**
 * Reads a package's archive from front to back. `wants` chooses the files whose content is handed
 * on: gunzipped where its name says so, and cut at `contentBytesMax`.
 * Fails with `HashMismatch` when dpkg cannot read the archive.
 */
export async function readArchive(
  file: string,
  wants: (entry: ArchiveEntry) => boolean,
  contentBytesMax: number,
): Promise<{ entries: ArchiveEntry[]; contents: Map<string, string> }> {
  const child = spawn('dpkg-deb', ['--fsys-tarfile', '--', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: CLEAN_ENVIRONMENT,
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let messages = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (messages.length < MESSAGES_LENGTH_MAX) messages += chunk.toString('utf8');
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      messages += error.message;
      resolve(null);
    });
    child.on('close', resolve);
  });
  const entries: ArchiveEntry[] = [];
  const contents = new Map<string, string>();
  const archive = extract();
  const reading = pipeline(child.stdout, archive);
  // The loop below ends with the same error; this one only must not be left unheard.
  reading.catch(() => undefined);
  try {
    for await (const member of archive) {
      const entry = entryOf(member.header);
      entries.push(entry);
      if (entry.type === 'file' && wants(entry)) {
        contents.set(entry.path, await textOf(bytesOf(member), entry.path, contentBytesMax));
      } else {
        member.resume();
      }
    }
  } catch (error) {
    if ((await ended) === 0) throw error;
  }
  if ((await ended) !== 0) throw unreadable(file, messages);
  return { entries, contents };
}

const MESSAGES_LENGTH_MAX = 2_000;

function entryOf(header: Header): ArchiveEntry {
  const path = `/${header.name.replace(/^\.?\/+/, '').replace(/\/+$/, '')}`;
  const type = TYPES[header.type] ?? 'other';
  return { path, type, target: type === 'link' ? header.linkname : '' };
}

/** A hard link is one more name of a file. */
const TYPES: Readonly<Record<string, ArchiveEntry['type']>> = {
  file: 'file',
  'contiguous-file': 'file',
  link: 'file',
  symlink: 'link',
  directory: 'directory',
};

/** What tar-stream hands out are bytes; its types do not say so. */
function bytesOf(member: object): AsyncIterable<Uint8Array> {
  return member as AsyncIterable<Uint8Array>;
}

async function textOf(
  member: AsyncIterable<Uint8Array>,
  path: string,
  bytesMax: number,
): Promise<string> {
  const stored = await firstBytes(member, bytesMax);
  if (!path.endsWith('.gz')) return stored.toString('utf8');
  // What was cut off above has no proper end; what came before it is still good.
  const unzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  try {
    const text = await pipeline(Readable.from([stored]), unzip, (unzipped: object) =>
      firstBytes(bytesOf(unzipped), bytesMax),
    );
    return text.toString('utf8');
  } catch (error) {
    // It only has the name of one: then it has no text, and the package can still be installed.
    if (errnoOf(error)?.startsWith('Z_') !== true) throw error;
    return '';
  }
}

/** Reads to the end, because an archive goes on behind its member, and keeps the beginning. */
async function firstBytes(stream: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (length < bytesMax) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax);
}

function unreadable(file: string, messages: string): StepFailure {
  return new StepFailure(
    'HashMismatch',
    `${file} is no archive that dpkg can read: ${messages.trim()}`,
    {
      remedy: 'Nothing was installed. Have the mirror cleaned, then start the cycle again.',
    },
  );
}
