import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  forRecentLines,
  readTextLog,
  textLogPosition,
  type FilePosition,
} from '../../../src/health/logs/text-log.ts';

let directory: string;
let log: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-logs-'));
  log = join(directory, 'syslog');
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** The ways in which logrotate and its kin rotate a log. */
const ROTATIONS: Record<string, () => Promise<void>> = {
  renamed: async () => {
    await rename(log, `${log}.1`);
    await writeFile(log, '');
  },
  'renamed with a date': async () => {
    await rename(log, `${log}-20261124`);
    await writeFile(log, '');
  },
  'copied and truncated': async () => {
    await copyFile(log, `${log}.1`);
    await truncate(log, 0);
  },
  'renamed and compressed by gzip': async () => {
    await writeFile(`${log}.1.gz`, gzipSync(await readFile(log)));
    await unlink(log);
    await writeFile(log, '');
  },
  'renamed and compressed by zstd': async () => {
    await writeFile(`${log}.1.zst`, zstdCompressSync(await readFile(log)));
    await unlink(log);
    await writeFile(log, '');
  },
  'copied, truncated and compressed': async () => {
    await writeFile(`${log}.1.gz`, gzipSync(await readFile(log)));
    await truncate(log, 0);
  },
};

async function linesSince(position: FilePosition | null): Promise<string[]> {
  return (await readTextLog(log, position)).lines;
}

describe('reading a text log from a position on', () => {
  it('gives the lines that came since', async () => {
    await writeFile(log, 'one\ntwo\n');
    const position = await textLogPosition(log);
    await appendFile(log, 'three\nfour\n');
    expect(await linesSince(position)).toEqual(['three', 'four']);
  });

  it('leaves a last line that has no end yet for the next reading', async () => {
    await writeFile(log, 'one\n');
    const position = await textLogPosition(log);
    await appendFile(log, 'two\nthr');
    const part = await readTextLog(log, position);
    expect(part.lines).toEqual(['two']);
    await appendFile(log, 'ee\n');
    expect(await linesSince(part.position)).toEqual(['three']);
  });

  it('gives a log that did not exist before from its beginning', async () => {
    expect(await textLogPosition(log)).toBeNull();
    expect(await linesSince(null)).toEqual([]);
    await writeFile(log, 'one\n');
    expect(await linesSince(null)).toEqual(['one']);
  });

  it.each(Object.keys(ROTATIONS))('goes on across a rotation: %s', async (how) => {
    await writeFile(log, 'one\ntwo\n');
    const position = await textLogPosition(log);
    await appendFile(log, 'three\n');
    await ROTATIONS[how]?.();
    await appendFile(log, 'four\n');
    const part = await readTextLog(log, position);
    expect(part.lines).toEqual(['three', 'four']);
    await appendFile(log, 'five\n');
    expect(await linesSince(part.position)).toEqual(['five']);
  });

  it('notices a truncated log that has already grown beyond the old position', async () => {
    await writeFile(log, 'one\ntwo\n');
    const position = await textLogPosition(log);
    await appendFile(log, 'three\n');
    await copyFile(log, `${log}.1`);
    await truncate(log, 0);
    await appendFile(log, 'four, which is longer than everything before\n');
    expect(await linesSince(position)).toEqual([
      'three',
      'four, which is longer than everything before',
    ]);
  });

  it('reads whole files that came and went between two readings', async () => {
    await writeFile(log, 'one\n');
    const position = await textLogPosition(log);
    await appendFile(log, 'two\n');
    await rename(log, `${log}.2`);
    await writeFile(log, 'three\n');
    await rename(log, `${log}.1`);
    await writeFile(log, 'four\n');
    expect(await linesSince(position)).toEqual(['two', 'three', 'four']);
  });

  it('does not take an older rotated log for the one that was read', async () => {
    await writeFile(`${log}.1`, 'long ago\n'.repeat(100));
    await writeFile(log, 'one\n');
    const position = await textLogPosition(log);
    await rename(`${log}.1`, `${log}.2`);
    await rename(log, `${log}.1`);
    await writeFile(log, 'two\n');
    expect(await linesSince(position)).toEqual(['two']);
  });

  it('reads the new log when the old one is gone for good', async () => {
    await writeFile(log, 'one\n');
    const position = await textLogPosition(log);
    await unlink(log);
    await writeFile(log, 'two\n');
    expect(await linesSince(position)).toEqual(['two']);
  });

  it('follows no symbolic link and reads nothing but files', async () => {
    const secret = join(directory, 'shadow');
    await writeFile(secret, 'root:secret\n');
    await symlink(secret, log);
    expect(await textLogPosition(log)).toBeNull();
    expect(await linesSince(null)).toEqual([]);
    await unlink(log);
    await mkdir(log);
    expect(await linesSince(null)).toEqual([]);
  });

  it('takes a line without an end that is longer than a megabyte, so that it goes on', async () => {
    await writeFile(log, '');
    const position = await textLogPosition(log);
    await appendFile(log, 'x'.repeat(1024 * 1024));
    const part = await readTextLog(log, position);
    expect(part.lines).toHaveLength(1);
    await appendFile(log, '\nnext\n');
    expect(await linesSince(part.position)).toEqual(['next']);
  });

  it('reads 16 MiB at once and says that there is more', async () => {
    await writeFile(log, '');
    const position = await textLogPosition(log);
    const line = `${'x'.repeat(1023)}\n`;
    await appendFile(log, line.repeat(20 * 1024));
    const first = await readTextLog(log, position);
    expect(first).toMatchObject({ more: true, lines: { length: 16 * 1024 } });
    const second = await readTextLog(log, first.position);
    expect(second).toMatchObject({ more: false, lines: { length: 4 * 1024 } });
  });

  it('reads a long rotated log to its end before it goes on with the new one', async () => {
    await writeFile(log, 'one\n');
    let position = await textLogPosition(log);
    const line = `${'x'.repeat(1023)}\n`;
    await appendFile(log, line.repeat(20 * 1024));
    await rename(log, `${log}.1`);
    await writeFile(log, 'two\n');
    const first = await readTextLog(log, position);
    expect(first).toMatchObject({ more: true, lines: { length: 16 * 1024 } });
    position = first.position;
    const second = await readTextLog(log, position);
    expect(second).toMatchObject({ more: false, unread: [], lines: { length: 4 * 1024 + 1 } });
    expect(second.lines.at(-1)).toBe('two');
    expect(await linesSince(second.position)).toEqual([]);
  });

  it('says that lines are missing when the file that was being read is gone', async () => {
    await writeFile(log, 'one\n');
    const position = await textLogPosition(log);
    expect((await readTextLog(log, position)).unread).toEqual([]);
    await unlink(log);
    await writeFile(log, 'two\n');
    const part = await readTextLog(log, position);
    expect(part.unread).toEqual([
      `${log} was rotated, and the file that was being read is not there any more: its last lines may not have been read`,
    ]);
    expect((await readTextLog(log, part.position)).unread).toEqual([]);
  });

  it('takes the whole file, not the half that is compressed, while a rotated log is being compressed', async () => {
    await writeFile(log, 'one\n');
    const position = await textLogPosition(log);
    await appendFile(log, `${'x'.repeat(300)}\nlast\n`);
    const half = gzipSync(await readFile(log), { level: 0 }).subarray(0, 100);
    await rename(log, `${log}.1`);
    await writeFile(`${log}.1.gz`, half);
    await writeFile(log, '');
    expect((await linesSince(position)).at(-1)).toBe('last');
  });

  it.each([
    ['gzip', '.gz', gzipSync],
    ['zstd', '.zst', zstdCompressSync],
  ])(
    'reads no more of a log that %s compressed than a bound, and says how much it has read',
    async (_, ending, compress) => {
      await writeFile(log, 'one\n');
      const position = await textLogPosition(log);
      await writeFile(`${log}.1${ending}`, compress(Buffer.from(`one\n${'two\n'.repeat(2_000)}`)));
      await unlink(log);
      await writeFile(log, 'three\n');
      const part = await readTextLog(log, position, { compressedBytesMax: 4_000 });
      expect(part.lines).toHaveLength(1_000);
      expect(part.lines.at(-1)).toBe('three');
      expect(part.unread).toEqual([
        `${log}.1${ending}: only its first 4000 bytes were read, as they are without compression`,
      ]);
    },
  );

  it('gives every line exactly once, however it is written, rotated and read', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constant('write') },
        { weight: 3, arbitrary: fc.constant('read') },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'renamed',
            'copied and truncated',
            'renamed and compressed by gzip',
          ),
        },
      ),
      { maxLength: 25 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (chosen) => {
        await rm(directory, { recursive: true, force: true });
        await mkdir(directory);
        // A first line, because an empty log that is copied and truncated cannot be told from itself.
        await writeFile(log, 'first\n');
        let position: FilePosition | null = await textLogPosition(log);
        let count = 0;
        const read: string[] = [];
        const written: string[] = [];
        let rotatedSinceRead = false;
        for (const step of [...chosen, 'read']) {
          if (step === 'write') {
            const line = `line ${++count} of this log`;
            written.push(line);
            await appendFile(log, `${line}\n`);
          } else if (step === 'read') {
            const part = await readTextLog(log, position);
            read.push(...part.lines);
            position = part.position;
            rotatedSinceRead = false;
          } else if (
            !rotatedSinceRead &&
            (await readFile(log)).length > 0 &&
            (position?.offsetBytes ?? 0) > 0
          ) {
            await rotateOlder();
            await ROTATIONS[step]?.();
            rotatedSinceRead = true;
          }
        }
        expect(read).toEqual(written);
      }),
      { numRuns: 60 },
    );
  });
});

/** Makes room for `.1`, as logrotate does. */
async function rotateOlder(): Promise<void> {
  for (let n = 20; n >= 1; n--) {
    for (const ending of ['', '.gz']) {
      await rename(`${log}.${n}${ending}`, `${log}.${n + 1}${ending}`).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') throw error;
        },
      );
    }
  }
}

describe('the lines of the last week', () => {
  it('come from the log and from its rotated files, compressed ones too, but not from older ones', async () => {
    await writeFile(log, 'now\n');
    await writeFile(`${log}.1`, 'yesterday\n');
    await writeFile(`${log}.2.gz`, gzipSync('before\n'));
    await writeFile(`${log}.conf`, 'x\n');
    const lines: string[] = [];
    await forRecentLines(log, Date.now() - 60_000, (line) => lines.push(line));
    expect(lines.toSorted()).toEqual(['before', 'now', 'x', 'yesterday']);
    const none: string[] = [];
    await forRecentLines(log, Date.now() + 60_000, (line) => none.push(line));
    expect(none).toEqual([]);
  });

  it('are none of a compressed file that is damaged', async () => {
    await writeFile(log, 'now\n');
    await writeFile(`${log}.1.gz`, gzipSync('before\n'.repeat(1_000)).subarray(0, 20));
    const lines: string[] = [];
    await forRecentLines(log, Date.now() - 60_000, (line) => lines.push(line));
    expect(lines[0]).toBe('now');
  });
});
