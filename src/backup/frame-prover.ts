import { Worker } from 'node:worker_threads';

/** A frame that was read back is not what was written. */
export class ReadBackDiffers extends Error {
  override readonly name = 'ReadBackDiffers';
}

/** Where a frame lies in the file, and what it must hold: memory that the thread sees as well. */
export type FrameToProve = {
  fd: number;
  at: number;
  length: number;
  content: Buffer<SharedArrayBuffer>;
};

/**
 * Proves frames, one after the other, in a thread of its own. The thread is not for speed alone:
 * each gigabyte that is decompressed is a gigabyte of garbage, and collecting it where a whole
 * agent lives in the heap took as long as decompressing.
 */
export type FrameProver = {
  /** Reads a frame from the file, decompresses it and compares it byte by byte. Throws {@link ReadBackDiffers}. */
  prove(frame: FrameToProve): Promise<void>;
  /** The SHA-256 of everything that was proven, in its order, followed by `rest`. */
  finish(rest: Buffer): Promise<string>;
  /** Ends the thread, once it has done what it was asked for. */
  close(): Promise<void>;
};

type Question =
  | { fd: number; at: number; length: number; content: SharedArrayBuffer; contentBytes: number }
  | { rest: Uint8Array };

type Answer = { sha256: string } | { differs: string } | { proven: true };

/** Starts the thread. Memory of a frame's content must be shared: see {@link sharedBuffer}. */
export function createFrameProver(): FrameProver {
  const thread = new Worker(`(${proverThread.toString()})()`, { eval: true });
  const waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  thread.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
  let broken: Error | null = null;
  const giveUp = (error: Error): void => {
    broken ??= error;
    for (const { reject } of waiting.splice(0)) reject(broken);
  };
  thread.on('error', giveUp);
  thread.on('exit', () => giveUp(new Error('the thread that proves what was written has ended')));

  function ask(question: Question): Promise<Answer> {
    if (broken !== null) return Promise.reject(broken);
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      thread.postMessage(question);
    });
  }

  return {
    async prove({ fd, at, length, content }) {
      const answer = await ask({
        fd,
        at,
        length,
        content: content.buffer,
        contentBytes: content.length,
      });
      if ('differs' in answer) throw new ReadBackDiffers(answer.differs);
    },
    async finish(rest) {
      const answer = await ask({ rest });
      if (!('sha256' in answer)) throw new Error('the prover ended without a hash');
      return answer.sha256;
    },
    async close() {
      await thread.terminate();
    },
  };
}

/** Memory that this thread and the prover's see alike. */
export function sharedBuffer(bytes: number): Buffer<SharedArrayBuffer> {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

/**
 * Runs in the other thread as text: it uses nothing of this file but types, and has no function with
 * a name, because a bundler may wrap those into a function of the bundle.
 */
function proverThread(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const { readSync } = process.getBuiltinModule('node:fs');
  const { zstdDecompressSync } = process.getBuiltinModule('node:zlib');
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  let memory = Buffer.alloc(0);
  parentPort?.on('message', (question: Question) => {
    if ('rest' in question) {
      parentPort.postMessage({ sha256: hash.update(question.rest).digest('hex') } satisfies Answer);
      return;
    }
    const { fd, at, length, content, contentBytes } = question;
    let answer: Answer = { proven: true };
    try {
      if (memory.length < length) memory = Buffer.allocUnsafe(length);
      const frame = memory.subarray(0, length);
      for (let done = 0; done < length;) {
        const bytesRead = readSync(fd, frame, done, length - done, at + done);
        if (bytesRead === 0) throw new Error(`the file ends at ${at + done}`);
        done += bytesRead;
      }
      const again = zstdDecompressSync(frame, { chunkSize: contentBytes + 1024 });
      if (!again.equals(Buffer.from(content, 0, contentBytes))) {
        throw new Error(`the frame at ${at} holds other bytes`);
      }
      hash.update(frame);
    } catch (error) {
      answer = { differs: String(error) };
    }
    parentPort.postMessage(answer);
  });
}
