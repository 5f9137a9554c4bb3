import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { CLEAN_ENVIRONMENT } from '../host/clean-environment.ts';
import { openPipe } from './pipe.ts';
import { asBytePath, TOP, toBuffer, type BytePath } from './byte-path.ts';

/**
 * With pipe.ts the only place of this folder that starts a program by itself. The command runner of src/host
 * collects output and closes standard input; here gigabytes stream in and out, and both ends are
 * read while the program runs. The rest of its rules hold: an argument vector, the clean
 * environment, bounded messages.
 */

/** How GNU tar ended. */
export type TarEnd = {
  /** 0 good; 1 a file changed while it was read; 2 anything else. null: ended by a signal, or never started. */
  exitCode: number | null;
  /** What it said, 16 KiB at most. */
  messages: string;
};

const MESSAGES_BYTES_MAX = 16 * 1024;

/** Everything that a file has besides its content; the same in both directions. */
const ATTRIBUTES = ['--numeric-owner', '--xattrs', '--xattrs-include=*', '--acls', '--selinux'];

const CREATE = [
  '--create',
  '--format=posix',
  // No times but mtime, and no process id in names: the same files give the same archive.
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  '--sparse',
  '--no-recursion',
  '--null',
  // A list's line is a name, also when it begins with a hyphen.
  '--verbatim-files-from',
  '--files-from=-',
  '--warning=no-file-ignored',
  ...ATTRIBUTES,
];

const EXTRACT = ['--extract', '--preserve-permissions', '--same-owner', ...ATTRIBUTES];

/** Names are handed over in pieces of this size. */
const LIST_BYTES = 64 * 1024;

/**
 * Streams an archive of exactly these paths, which lie below `directory`; nothing below them is
 * taken along, no symbolic link is followed. A piece is valid until `take` returns or what it returned
 * is settled. Throws what `take` throws, after tar was ended.
 */
export async function createTar(
  directory: string,
  paths: readonly BytePath[],
  take: (piece: Buffer) => Promise<void> | undefined,
): Promise<TarEnd> {
  const pipe = openPipe();
  const child = spawn('tar', ['--directory', directory, ...CREATE], {
    stdio: ['pipe', pipe.writeEnd, 'pipe'],
    env: CLEAN_ENVIRONMENT,
  });
  closeSync(pipe.writeEnd);
  const ended = watch(child);
  const { stdin } = child;
  if (stdin === null) throw new Error('tar was started without its standard input');
  try {
    const [end] = await Promise.all([ended, writeList(stdin, paths), pipe.read(take)]);
    return end;
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    throw error;
  }
}

/** Starts to extract an archive below `directory`, with everything that its members have. */
export function extractTar(
  directory: string,
  more: readonly string[] = [],
): {
  archive: Writable;
  ended: Promise<TarEnd>;
  stop(): void;
} {
  const child = spawn('tar', ['--directory', directory, ...EXTRACT, ...more], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: CLEAN_ENVIRONMENT,
  });
  return { archive: child.stdin, ended: watch(child), stop: () => child.kill('SIGKILL') };
}

/** A member's name for a path: relative, and never beginning with a hyphen. */
export function memberName(path: BytePath): string {
  return path === TOP ? '.' : `.${path}`;
}

async function writeList(stdin: Writable, paths: readonly BytePath[]): Promise<void> {
  let piece = '';
  for (const path of paths) {
    piece += `${memberName(path)}\0`;
    if (piece.length < LIST_BYTES) continue;
    await give(stdin, toBuffer(asBytePath(piece)));
    piece = '';
  }
  stdin.end(toBuffer(asBytePath(piece)));
}

/** Writes a piece and waits until there is room for the next; a closed pipe takes everything. */
export async function give(stream: Writable, piece: Buffer): Promise<void> {
  if (stream.destroyed || stream.write(piece)) return;
  await new Promise<void>((resolve) => {
    const goOn = (): void => {
      stream.off('drain', goOn);
      stream.off('close', goOn);
      resolve();
    };
    stream.on('drain', goOn);
    stream.on('close', goOn);
  });
}

function watch(child: ChildProcess): Promise<TarEnd> {
  let messages = '';
  const note = (text: string): void => {
    if (messages.length < MESSAGES_BYTES_MAX) messages += text;
  };
  child.stderr?.on('data', (chunk: Buffer) => note(chunk.toString('latin1')));
  child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
    // tar that ends early says why itself; whoever still writes to it learns nothing more.
    if (error.code !== 'EPIPE') note(`${error.message}\n`);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ exitCode: null, messages: error.message }));
    child.on('close', (exitCode) =>
      resolve({ exitCode, messages: messages.slice(0, MESSAGES_BYTES_MAX) }),
    );
  });
}
