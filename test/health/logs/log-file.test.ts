import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readContent } from '../../../src/health/logs/log-file.ts';

const MIB = 1024 * 1024;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-log-file-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A compressed log of this many mebibytes, each of one digit, and then the text. */
async function compressed(mebibytes: number, end: string): Promise<string> {
  const path = join(directory, 'syslog.1.gz');
  function* content(): Generator<Buffer> {
    for (let n = 0; n < mebibytes; n++) yield Buffer.alloc(MIB, String(n % 10));
    yield Buffer.from(end);
  }
  await pipeline(Readable.from(content()), createGzip({ level: 1 }), createWriteStream(path));
  return path;
}

describe('the content of a compressed log', () => {
  it('begins at the offset and is as long as it may be, wherever its pieces begin', async () => {
    const path = await compressed(3, 'the end');
    expect((await readContent(path, 0, 5)).toString()).toBe('00000');
    expect((await readContent(path, MIB - 2, 5)).toString()).toBe('00111');
    expect((await readContent(path, 3 * MIB + 4, 100)).toString()).toBe('end');
    expect(await readContent(path, 4 * MIB, 100)).toHaveLength(0);
  });

  it('takes no memory for what lies before the offset', async () => {
    const mebibytes = 400;
    const path = await compressed(mebibytes, 'the end');
    let highest = 0;
    const before = process.memoryUsage().arrayBuffers;
    const timer = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage().arrayBuffers - before);
    }, 5);
    const content = await readContent(path, mebibytes * MIB, 100);
    clearInterval(timer);
    expect(content.toString()).toBe('the end');
    expect(highest).toBeLessThan((mebibytes / 2) * MIB);
  });
});
