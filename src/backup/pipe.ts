import { spawnSync } from 'node:child_process';
import { constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../host/errno.ts';
import { CLEAN_ENVIRONMENT } from '../host/clean-environment.ts';

/** The kernel's pipe holds 64 KiB. */
const BUFFER_BYTES = 64 * 1024;

const PREFIX = 'patchcycle-pipe-';

/**
 * A pipe that is read into one and the same buffer. Node's own pipes to a child make a new buffer
 * for every 64 KiB; for a gigabyte of archive, collecting that garbage was a fifth of all work.
 */
export type Pipe = {
  /** The end that a child is given; to be closed here once the child has it. */
  writeEnd: number;
  /**
   * Hands over every piece until all writers have closed their end. A piece is valid until `take`
   * returns, or until what it returned is settled; nothing is read meanwhile.
   */
  read(take: (piece: Buffer) => Promise<void> | undefined): Promise<void>;
};

/**
 * In memory first: a restore on a disk that is full begins with this. Where that is not to be had,
 * as for whoever is not root, the ordinary place.
 */
function makeDirectory(): string {
  for (const place of ['/run', '/dev/shm']) {
    try {
      return mkdtempSync(join(place, PREFIX));
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }
  return mkdtempSync(join(tmpdir(), PREFIX));
}

/** Opens a pipe, by way of a named one in a directory of its own that is gone again afterwards. */
export function openPipe(): Pipe {
  const directory = makeDirectory();
  try {
    const name = join(directory, 'pipe');
    const { status, error } = spawnSync('mkfifo', ['--mode=600', '--', name], {
      env: CLEAN_ENVIRONMENT,
      stdio: 'ignore',
    });
    if (status !== 0) throw new Error(`mkfifo did not make ${name}: ${error?.message ?? status}`);
    // In this order neither end waits for the other.
    const readEnd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeEnd = openSync(name, constants.O_WRONLY);
    return { writeEnd, read: (take) => readAll(readEnd, take) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function readAll(
  readEnd: number,
  take: (piece: Buffer) => Promise<void> | undefined,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  return new Promise((resolve, reject) => {
    const socket = new Socket({
      fd: readEnd,
      readable: true,
      writable: false,
      onread: { buffer, callback: receive },
    });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    /** False pauses the socket. */
    function receive(length: number): boolean {
      try {
        const busy = take(buffer.subarray(0, length));
        if (busy === undefined) return true;
        busy.then(() => socket.resume(), fail);
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
      return false;
    }
    socket.on('error', fail);
    socket.on('end', resolve);
    socket.resume();
  });
}
