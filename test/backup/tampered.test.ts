import { beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { BackupRecord } from '../../src/backup/record.ts';
import { StepFailure } from '../../src/domain/failure.ts';
import { backUp, prove, putBack, testHost, type TestHost } from './support/trees.ts';

const ARCHIVE = '/archive.tar.zst';
const MANIFEST = '/manifest.jsonl';
const RECORD = '/backup.json';

let host: TestHost;
let record: BackupRecord;
beforeEach(async () => {
  host = testHost({ '/covered/a': 'old', '/covered/b': 'kept', '/elsewhere/secret': 's' });
  record = await backUp(host);
  writeFileSync(host.at('/covered/a'), 'changed');
  writeFileSync(host.at('/covered/added'), 'added');
});

/** Fails unless the restore refuses for this reason and leaves the tree as the change left it. */
async function refusal(type: string, expected: BackupRecord = record): Promise<string> {
  const failure = await putBack(host, expected).then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StepFailure);
  const { message } = failure as StepFailure;
  expect({ type: (failure as StepFailure).type, message }).toEqual({ type, message });
  expect(message).toContain('Nothing was touched.');
  expect(readFileSync(host.at('/covered/a'), 'utf8')).toBe('changed');
  expect(existsSync(host.at('/covered/added'))).toBe(true);
  await expect(prove(host, expected)).rejects.toThrow(StepFailure);
  return message;
}

function flip(file: string, at: number): void {
  const content = readFileSync(host.backup + file);
  content.writeUInt8(content.readUInt8(at) ^ 0x10, at);
  writeFileSync(host.backup + file, content);
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Writes archive, manifest and record anew so that each fits the others, as a liar would. */
function forge(tar: Buffer, manifest: string): BackupRecord {
  const note = createHash('sha256').update(manifest).digest();
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50, 0);
  head.writeUInt32LE(note.length, 4);
  const archive = Buffer.concat([zstdCompressSync(tar), head, note]);
  const forged = {
    ...record,
    archiveSha256: sha256(archive),
    manifestSha256: note.toString('hex'),
  };
  writeFileSync(host.backup + ARCHIVE, archive);
  writeFileSync(host.backup + MANIFEST, manifest);
  writeFileSync(host.backup + RECORD, JSON.stringify(forged));
  return forged;
}

async function tarOf(name: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name }, 'evil');
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('A restore refuses, before it touches anything,', () => {
  it('an archive of which one bit was flipped, wherever it is', async () => {
    const { size } = statSync(host.backup + ARCHIVE);
    for (const at of [0, 100, Math.floor(size / 2), size - 41, size - 35, size - 1]) {
      flip(ARCHIVE, at);
      expect(await refusal('BackupTampered')).toContain('another hash');
      flip(ARCHIVE, at);
    }
    await putBack(host, record);
  });

  it('an archive that was cut off, made longer or emptied', async () => {
    const whole = readFileSync(host.backup + ARCHIVE);
    for (const length of [whole.length - 1, 100, 0]) {
      truncateSync(host.backup + ARCHIVE, length);
      expect(await refusal('BackupTampered')).toContain('another hash');
      writeFileSync(host.backup + ARCHIVE, whole);
    }
    appendFileSync(host.backup + ARCHIVE, 'x');
    await refusal('BackupTampered');
  });

  it('the good backup of another tree in its place', async () => {
    const other = testHost({ '/covered/a': 'of another cycle' });
    await backUp(other);
    rmSync(host.backup, { recursive: true });
    cpSync(other.backup, host.backup, { recursive: true });
    expect(await refusal('BackupTampered')).toContain('another hash');
  });

  it('a backup that says it belongs to another cycle', async () => {
    const changed = { ...record, cycle: '20261124t184300z-99999999' };
    writeFileSync(host.backup + RECORD, JSON.stringify(changed));
    expect(await refusal('BackupTampered')).toContain('20261124t184300z-99999999');
  });

  it('a manifest that was edited, also when the record was edited to match', async () => {
    const manifest = readFileSync(host.backup + MANIFEST, 'utf8').replace(
      '/covered/b',
      '/covered/c',
    );
    writeFileSync(host.backup + MANIFEST, manifest);
    expect(await refusal('BackupTampered')).toContain('not the one that the archive was made with');
    const manifestSha256 = sha256(Buffer.from(manifest));
    writeFileSync(host.backup + RECORD, JSON.stringify({ ...record, manifestSha256 }));
    await refusal('BackupTampered');
  });

  it.each([ARCHIVE, MANIFEST])('a symbolic link in the place of %s', async (file) => {
    renameSync(host.backup + file, host.at('/elsewhere/moved'));
    symlinkSync(host.at('/elsewhere/moved'), host.backup + file);
    expect(await refusal('BackupTampered')).toContain('is a symbolic link');
  });

  it('a symbolic link in the place of the record, and of the whole backup', async () => {
    renameSync(host.backup + RECORD, host.at('/elsewhere/moved'));
    symlinkSync(host.at('/elsewhere/moved'), host.backup + RECORD);
    expect(await refusal('BackupTampered')).toContain('is a symbolic link');
    renameSync(host.backup, host.at('/elsewhere/whole'));
    symlinkSync(host.at('/elsewhere/whole'), host.backup);
    expect(await refusal('BackupTampered')).toContain('not a directory');
  });

  it('a record that is no record', async () => {
    for (const text of ['', '{', '{}', JSON.stringify({ ...record, extra: 1 })]) {
      writeFileSync(host.backup + RECORD, text);
      await refusal('BackupTampered');
    }
  });

  it('a directory in the place of the archive', async () => {
    rmSync(host.backup + ARCHIVE);
    mkdirSync(host.backup + ARCHIVE);
    await refusal('BackupTampered');
  });

  it('a backup without its record, because that is no backup', async () => {
    rmSync(host.backup + RECORD);
    expect(await refusal('BackupMissing')).toContain(host.backup);
    rmSync(host.backup, { recursive: true });
    await refusal('BackupMissing');
  });

  it('a backup of which another hash was verified', async () => {
    await refusal('BackupTampered', { ...record, archiveSha256: 'f'.repeat(64) });
  });

  it.each([
    '/../elsewhere/secret',
    '/covered/../elsewhere/secret',
    'covered/a',
    '/covered//a',
    '/covered/',
  ])('a manifest with the path %s, though all hashes fit', async (path) => {
    const [head = '', ...lines] = readFileSync(host.backup + MANIFEST, 'utf8').split('\n');
    const evil = JSON.stringify({ path, type: 'absent' });
    const forged = forge(await tarOf('./a'), [head, evil, ...lines].join('\n'));
    expect(await refusal('BackupTampered', forged)).toContain('is no path');
    expect(existsSync(host.at('/elsewhere/secret'))).toBe(true);
  });

  it('a manifest whose tree is the parent of everything by way of ".."', async () => {
    const manifest = readFileSync(host.backup + MANIFEST, 'utf8').replace(
      '"trees":["/covered"]',
      '"trees":["/covered/.."]',
    );
    await refusal('BackupTampered', forge(await tarOf('./a'), manifest));
  });

  it('an archive with a member that leaves the tree, though all hashes fit', async () => {
    const manifest = readFileSync(host.backup + MANIFEST, 'utf8');
    const forged = forge(await tarOf('./../elsewhere/secret'), manifest);
    const failure = await putBack(host, forged).catch((error: unknown) => error as StepFailure);
    expect(failure).toMatchObject({ type: 'BackupTampered' });
    expect(readFileSync(host.at('/elsewhere/secret'), 'utf8')).toBe('s');
    expect(readFileSync(host.at('/covered/a'), 'utf8')).toBe('changed');
  });
});

describe('A backup', () => {
  it('does not write through a symbolic link that was planted in its place', async () => {
    rmSync(host.backup, { recursive: true });
    symlinkSync(host.at('/elsewhere'), host.backup);
    const again = await backUp(host);
    expect(statSync(host.backup).isDirectory()).toBe(true);
    expect(existsSync(host.at('/elsewhere/archive.tar.zst'))).toBe(false);
    expect(readFileSync(host.at('/elsewhere/secret'), 'utf8')).toBe('s');
    expect((await prove(host, again)).exact).toBe(true);
  });

  it('is for its owner alone', () => {
    expect(statSync(host.backup).mode & 0o777).toBe(0o700);
    for (const file of [ARCHIVE, MANIFEST, RECORD]) {
      expect(statSync(host.backup + file).mode & 0o077).toBe(0);
    }
  });
});
