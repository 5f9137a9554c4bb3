import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFrameProver, ReadBackDiffers, sharedBuffer } from '../../src/backup/frame-prover.ts';
import { createFrameWriter, readNote } from '../../src/backup/frames.ts';
import { temporaryDirectory } from './support/trees.ts';

const NOTE = Buffer.from('a note of thirty-two characters!');

/** Half noise, half text: it compresses, but not to nothing. */
const CONTENT = Buffer.concat([randomBytes(4_500_000), Buffer.alloc(5_000_000, 'content ')]);

async function write(file: FileHandle, pieces: readonly Buffer[]) {
  const frames = createFrameWriter(file);
  try {
    for (const piece of pieces) await frames.write(piece);
    return await frames.end(NOTE);
  } finally {
    await frames.close();
  }
}

function cut(content: Buffer, pieceBytes: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += pieceBytes) {
    pieces.push(content.subarray(at, at + pieceBytes));
  }
  return pieces;
}

describe('Frames', () => {
  it.each([1_000, 65_536, 3_000_000, 20_000_000])(
    'hold a stream that came in pieces of %i bytes, and any zstd reads them',
    async (pieceBytes) => {
      const path = join(temporaryDirectory(), 'frames');
      const file = await open(path, 'wx+');
      const { sha256, bytes } = await write(file, cut(CONTENT, pieceBytes));
      await file.close();
      const stored = readFileSync(path);
      expect(bytes).toBe(stored.length);
      expect(sha256).toBe(createHash('sha256').update(stored).digest('hex'));
      expect(zstdDecompressSync(stored).equals(CONTENT)).toBe(true);
      expect(bytes).toBeLessThan(4_700_000);
    },
  );

  it('end with a note that only who knows of it finds', async () => {
    const file = await open(join(temporaryDirectory(), 'frames'), 'wx+');
    await write(file, [Buffer.from('content')]);
    expect(await readNote(file, NOTE.length)).toEqual(NOTE);
    expect(await readNote(file, NOTE.length - 1)).toBeNull();
    expect(await readNote(file, 10_000)).toBeNull();
    await file.close();
  });

  it('hold nothing but the note when there was nothing', async () => {
    const file = await open(join(temporaryDirectory(), 'frames'), 'wx+');
    expect(await write(file, [])).toMatchObject({ bytes: 8 + NOTE.length });
    await file.close();
  });

  it.each([
    ['writes other bytes than it was told', (piece: Buffer) => piece.fill(7, 10, 20)],
    ['writes nothing at all', (piece: Buffer) => piece.fill(0)],
  ])('are not proven on a disk that %s', async (_, damage) => {
    const file = await open(join(temporaryDirectory(), 'frames'), 'wx+');
    const write_ = file.write.bind(file) as (...args: unknown[]) => Promise<unknown>;
    let writes = 0;
    Object.assign(file, {
      write: (piece: Buffer, ...rest: unknown[]) =>
        write_(++writes === 2 ? damage(Buffer.from(piece)) : piece, ...rest),
    });
    await expect(write(file, cut(CONTENT, 65_536))).rejects.toThrow(ReadBackDiffers);
    await file.close();
  });

  it('fail with the error of a disk that does not take them', async () => {
    const file = await open(join(temporaryDirectory(), 'frames'), 'wx+');
    Object.assign(file, {
      write: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
    });
    await expect(write(file, cut(CONTENT, 65_536))).rejects.toMatchObject({ code: 'ENOSPC' });
    await file.close();
  });

  it.each([
    ['when the last bytes are written', 40_000_000],
    ['while more comes', 90_000_000],
  ])('fail with an early sync that fails late, %s', async (_, bytes) => {
    const file = await open(join(temporaryDirectory(), 'frames'), 'wx+');
    Object.assign(file, {
      datasync: async () => {
        await sleep(500);
        throw Object.assign(new Error('the disk is gone'), { code: 'EIO' });
      },
    });
    const pieces = Array.from({ length: bytes / 1_000_000 }, () => randomBytes(1_000_000));
    await expect(write(file, pieces)).rejects.toMatchObject({ code: 'EIO' });
    await file.close();
  });

  it.each(['in the middle', 'before the first frame'])(
    'fail when the thread that proves them dies %s',
    async (when) => {
      const file = await open(join(temporaryDirectory(), 'frames'), 'wx+');
      const prover = createFrameProver();
      if (when === 'before the first frame') await prover.close();
      const content = sharedBuffer(10);
      const proof = prover.prove({ fd: file.fd, at: 0, length: 10, content });
      const outcome = expect(proof).rejects.toThrow('has ended');
      await prover.close();
      await outcome;
      await expect(prover.finish(NOTE)).rejects.toThrow('has ended');
      await file.close();
    },
  );

  it('are proven in a bundle too, whose maker shortens names', async () => {
    const directory = temporaryDirectory();
    const entry = join(directory, 'entry.ts');
    const source = join(import.meta.dirname, '../../src/backup/frames.ts');
    writeFileSync(
      entry,
      `import { open } from 'node:fs/promises';
       import { createFrameWriter } from ${JSON.stringify(source)};
       async function main() {
         const file = await open(process.argv[2], 'wx+');
         const frames = createFrameWriter(file);
         await frames.write(Buffer.alloc(5_000_000, 'x'));
         console.log(JSON.stringify(await frames.end(Buffer.alloc(32))));
         await frames.close();
         await file.close();
       }
       void main();`,
    );
    const outfile = join(directory, 'bundle.cjs');
    // As scripts/building bundles the agent.
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      minify: true,
      keepNames: true,
      logLevel: 'error',
    });
    const path = join(directory, 'frames');
    const { sha256 } = JSON.parse(
      execFileSync(process.execPath, [outfile, path], { encoding: 'utf8' }),
    ) as { sha256: string };
    expect(sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
  });
});
