import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ReadBackDiffers } from '../../src/backup/frame-prover.ts';
import { parseManifest } from '../../src/backup/manifest.ts';
import { createTextWriter } from '../../src/backup/text-writer.ts';
import { backUp, CYCLE, prove, putBack, temporaryDirectory, testHost } from './support/trees.ts';

/** Text that hardly compresses, so that an archive of it takes its time. */
function noise(bytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let size = 0; size < bytes; size += 64) {
    blocks.push(createHash('sha512').update(String(size)).digest());
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}

/** Another process that writes files all the time, until it is ended. */
async function writer(...paths: string[]): Promise<{ stop: () => Promise<void> }> {
  const child = fork(join(import.meta.dirname, 'support/writer.ts'), paths, { execArgv: [] });
  await once(child, 'message');
  return {
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('A backup', () => {
  it('is an archive that any tar and zstd can read, with a manifest of its content', async () => {
    const host = testHost({ '/covered/a': 'content', '/covered/big': noise(3_000_000) });
    const record = await backUp(host);
    const listed = execFileSync('tar', ['--zstd', '-tf', host.backup + '/archive.tar.zst'], {
      encoding: 'utf8',
    });
    expect(listed.split('\n')).toEqual(['./', './covered/', './covered/a', './covered/big', '']);
    const { entries, trees } = parseManifest(readFileSync(host.backup + '/manifest.jsonl'));
    expect(trees).toEqual(['/covered']);
    expect(entries.find(({ path }) => path === '/covered/a')).toMatchObject({
      type: 'file',
      sizeBytes: 7,
      sha256: createHash('sha256').update('content').digest('hex'),
    });
    expect(record).toMatchObject({ format: 1, cycle: CYCLE, host: 'web-1', files: 4 });
    expect(record.archiveBytes).toBe(statSync(host.backup + '/archive.tar.zst').size);
    expect(JSON.parse(readFileSync(host.backup + '/backup.json', 'utf8'))).toEqual(record);
  });

  it('of the same files is the same archive, bit by bit', async () => {
    const host = testHost({ '/covered/a': 'a', '/covered/b': noise(2_500_000) });
    const first = await backUp(host);
    expect((await backUp(host)).archiveSha256).toBe(first.archiveSha256);
  });

  it('replaces an earlier one, also one that a crash left half made', async () => {
    const host = testHost({ '/covered/a': 'a' });
    await backUp(host);
    rmSync(host.backup + '/backup.json');
    writeFileSync(host.backup + '/manifest.jsonl', 'half a li');
    const record = await backUp(host);
    expect(readdirSync(host.backup).sort()).toEqual([
      'archive.tar.zst',
      'backup.json',
      'manifest.jsonl',
    ]);
    expect((await prove(host, record)).exact).toBe(true);
  });

  it('of nothing that exists remembers what must not be there', async () => {
    const host = testHost();
    const record = await backUp(host, { trees: ['/not/yet'], added: ['/new'] });
    writeFileSync(host.at('/new'), 'n');
    expect(await putBack(host, record)).toMatchObject({ deleted: 1 });
  });

  it('is not made of files that are written all the time; it names one and leaves nothing', async () => {
    const host = testHost({ '/covered/a': 'a', '/covered/busy': noise(20_000_000) });
    const busy = await writer(host.at('/covered/busy'));
    try {
      await expect(backUp(host)).rejects.toMatchObject({
        type: 'BackupUnverifiable',
        message: expect.stringMatching(/3 times in a row.*\/covered\/busy/),
      });
    } finally {
      await busy.stop();
    }
    expect(existsSync(host.backup)).toBe(false);
    expect((await backUp(host)).files).toBe(4);
  });

  it('is not verified when its manifest is read back with other bytes', async () => {
    const file = await open(join(temporaryDirectory(), 'manifest'), 'wx+');
    const append = file.appendFile.bind(file);
    Object.assign(file, {
      appendFile: (piece: Buffer) => append(Buffer.from(piece).fill(7, 3, 5)),
    });
    const manifest = createTextWriter(file);
    manifest.add('a line of it\n');
    await expect(manifest.end()).rejects.toThrow(ReadBackDiffers);
    await file.close();
  });

  it('begins anew when a file comes and goes, and then holds one state of everything', async () => {
    const host = testHost({ '/covered/a': 'a', '/covered/z': noise(30_000_000) });
    const made = backUp(host);
    writeFileSync(host.at('/covered/z'), noise(20_000_000));
    const record = await made;
    expect((await prove(host, record)).exact).toBe(true);
  });
});
