import { describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { backUp, prove, putBack, testHost, type TestHost } from './support/trees.ts';

async function restoredAfter(host: TestHost, change: () => void): Promise<TestHost> {
  const record = await backUp(host);
  change();
  expect((await prove(host, record)).exact).toBe(false);
  const { restored, deleted } = await putBack(host, record);
  expect(restored + deleted).toBeGreaterThan(0);
  expect(await prove(host, record)).toMatchObject({ exact: true, differences: [] });
  expect(await putBack(host, record)).toEqual({ restored: 0, deleted: 0 });
  return host;
}

describe('A restore puts back', () => {
  it('content, mode and time of modification of a file to the nanosecond', async () => {
    const host = testHost({ '/covered/a': 'old' });
    chmodSync(host.at('/covered/a'), 0o640);
    execFileSync('touch', ['-d', '@1700000000.123456789', host.at('/covered/a')]);
    await restoredAfter(host, () => {
      writeFileSync(host.at('/covered/a'), 'new content');
      chmodSync(host.at('/covered/a'), 0o777);
    });
    const { mode, mtimeNs } = lstatSync(host.at('/covered/a'), { bigint: true });
    expect(readFileSync(host.at('/covered/a'), 'utf8')).toBe('old');
    expect(mode & 0o7777n).toBe(0o640n);
    expect(mtimeNs).toBe(1_700_000_000_123_456_789n);
  });

  it('a file whose size and time of modification are as before, but not its content', async () => {
    const host = testHost({ '/covered/a': 'old' });
    utimesSync(host.at('/covered/a'), 1_000, 1_000);
    await restoredAfter(host, () => {
      writeFileSync(host.at('/covered/a'), 'new');
      utimesSync(host.at('/covered/a'), 1_000, 1_000);
    });
    expect(readFileSync(host.at('/covered/a'), 'utf8')).toBe('old');
  });

  it('files that were deleted, with the directories they lay in', async () => {
    const host = testHost({ '/covered/deep/er/a': 'a', '/covered/deep/er/empty/': '' });
    chmodSync(host.at('/covered/deep/er'), 0o700);
    await restoredAfter(host, () => rmSync(host.at('/covered/deep'), { recursive: true }));
    expect(lstatSync(host.at('/covered/deep/er')).mode & 0o7777).toBe(0o700);
    expect(lstatSync(host.at('/covered/deep/er/empty')).isDirectory()).toBe(true);
  });

  it('the time of modification of directories', async () => {
    const host = testHost({ '/covered/d/a': 'a', '/covered/d/b': 'b' });
    for (const path of ['/covered/d', '/covered', '/']) utimesSync(host.at(path), 5_000, 5_000);
    await restoredAfter(host, () => {
      rmSync(host.at('/covered/d/a'));
      writeFileSync(host.at('/covered/d/new'), '');
    });
    for (const path of ['/covered/d', '/covered', '/']) {
      expect(lstatSync(host.at(path)).mtimeMs).toBe(5_000_000);
    }
  });

  it('setuid and setgid modes', async () => {
    const host = testHost({ '/covered/su': 'x' });
    chmodSync(host.at('/covered/su'), 0o6755);
    await restoredAfter(host, () => writeFileSync(host.at('/covered/su'), 'patched'));
    expect(lstatSync(host.at('/covered/su')).mode & 0o7777).toBe(0o6755);
  });

  it('names with newlines, leading hyphens, quotes, backslashes and other alphabets', async () => {
    const names = [
      '-rf',
      '--checkpoint-action=exec=sh',
      'a\nb',
      '"',
      '\\x41',
      'ü–名',
      ' ',
      '*',
      '@a',
    ];
    const host = testHost(Object.fromEntries(names.map((name) => [`/covered/${name}`, name])));
    await restoredAfter(host, () => {
      for (const name of names) rmSync(host.at(`/covered/${name}`));
    });
    for (const name of names) expect(readFileSync(host.at(`/covered/${name}`), 'utf8')).toBe(name);
  });

  it('names that are not UTF-8', async () => {
    const host = testHost({ '/covered/': '' });
    const path = Buffer.concat([Buffer.from(host.at('/covered/n')), Buffer.from([0xe9, 0xff])]);
    writeFileSync(path, 'latin');
    await restoredAfter(host, () => writeFileSync(path, 'changed'));
    expect(readFileSync(path, 'utf8')).toBe('latin');
  });

  it('names and links that are longer than a plain tar header holds', async () => {
    const long = `${'d'.repeat(120)}/${'e'.repeat(200)}/${'f'.repeat(250)}`;
    const host = testHost({ [`/covered/${long}`]: 'far' });
    symlinkSync('t'.repeat(300), host.at('/covered/link'));
    await restoredAfter(host, () => {
      rmSync(host.at(`/covered/${'d'.repeat(120)}`), { recursive: true });
      rmSync(host.at('/covered/link'));
    });
    expect(readFileSync(host.at(`/covered/${long}`), 'utf8')).toBe('far');
    expect(readlinkSync(host.at('/covered/link'))).toBe('t'.repeat(300));
  });

  it('hard links as one file, also when only one of the names was replaced', async () => {
    const host = testHost({ '/covered/a': 'one', '/covered/z/other': 'untouched' });
    linkSync(host.at('/covered/a'), host.at('/covered/b'));
    linkSync(host.at('/covered/a'), host.at('/covered/z/c'));
    await restoredAfter(host, () => {
      writeFileSync(host.at('/covered/new'), 'two');
      renameSync(host.at('/covered/new'), host.at('/covered/b'));
    });
    const inodes = ['/covered/a', '/covered/b', '/covered/z/c'].map(
      (path) => lstatSync(host.at(path)).ino,
    );
    expect(new Set(inodes).size).toBe(1);
    expect(readFileSync(host.at('/covered/b'), 'utf8')).toBe('one');
  });

  it('files as separate ones that were joined by a hard link', async () => {
    const host = testHost({ '/covered/a': 'same', '/covered/b': 'same' });
    await restoredAfter(host, () => {
      rmSync(host.at('/covered/b'));
      linkSync(host.at('/covered/a'), host.at('/covered/b'));
    });
    expect(lstatSync(host.at('/covered/a')).ino).not.toBe(lstatSync(host.at('/covered/b')).ino);
  });

  it('sparse files with their content and without filling their holes', async () => {
    const host = testHost({ '/covered/sparse': 'begin', '/covered/hole': '' });
    const size = 64 * 1024 * 1024;
    truncateSync(host.at('/covered/sparse'), size);
    writeFileSync(host.at('/covered/sparse'), 'end', { flag: 'a' });
    truncateSync(host.at('/covered/hole'), size);
    await restoredAfter(host, () => {
      writeFileSync(host.at('/covered/sparse'), 'gone');
      rmSync(host.at('/covered/hole'));
    });
    const restored = readFileSync(host.at('/covered/sparse'));
    expect(restored.length).toBe(size + 3);
    expect(restored.subarray(0, 5).toString()).toBe('begin');
    expect(restored.subarray(size).toString()).toBe('end');
    expect(restored.subarray(5, size).every((byte) => byte === 0)).toBe(true);
    expect(lstatSync(host.at('/covered/sparse')).blocks * 512).toBeLessThan(size / 8);
    expect(lstatSync(host.at('/covered/hole')).size).toBe(size);
    expect(readFileSync(host.backup + '/archive.tar.zst').length).toBeLessThan(1024 * 1024);
  });

  it('named pipes and symbolic links that lead nowhere', async () => {
    const host = testHost({ '/covered/': '' });
    execFileSync('mkfifo', ['-m', '622', host.at('/covered/pipe')]);
    symlinkSync('/nowhere/../at/all', host.at('/covered/link'));
    await restoredAfter(host, () => {
      rmSync(host.at('/covered/pipe'));
      rmSync(host.at('/covered/link'));
      symlinkSync('elsewhere', host.at('/covered/link'));
    });
    expect(lstatSync(host.at('/covered/pipe')).isFIFO()).toBe(true);
    expect(lstatSync(host.at('/covered/pipe')).mode & 0o777).toBe(0o622);
    expect(readlinkSync(host.at('/covered/link'))).toBe('/nowhere/../at/all');
  });

  it('whatever became another kind of thing', async () => {
    const host = testHost({
      '/covered/file-directory': 'f',
      '/covered/file-link': 'f',
      '/covered/directory-file/in/a': 'a',
      '/covered/directory-link/in/a': 'a',
    });
    symlinkSync('file-link', host.at('/covered/link-directory'));
    symlinkSync('file-link', host.at('/covered/link-file'));
    await restoredAfter(host, () => {
      for (const name of ['file-directory', 'file-link', 'link-directory', 'link-file']) {
        rmSync(host.at(`/covered/${name}`));
      }
      rmSync(host.at('/covered/directory-file'), { recursive: true });
      rmSync(host.at('/covered/directory-link'), { recursive: true });
      mkdirSync(host.at('/covered/file-directory/new/deep'), { recursive: true });
      writeFileSync(host.at('/covered/file-directory/new/deep/a'), 'a');
      symlinkSync('/etc/passwd', host.at('/covered/file-link'));
      writeFileSync(host.at('/covered/directory-file'), 'now a file');
      symlinkSync(host.at('/'), host.at('/covered/directory-link'));
      mkdirSync(host.at('/covered/link-directory/x'), { recursive: true });
      writeFileSync(host.at('/covered/link-file'), 'now a file');
    });
    expect(readFileSync(host.at('/covered/directory-link/in/a'), 'utf8')).toBe('a');
    expect(readlinkSync(host.at('/covered/link-directory'))).toBe('file-link');
  });
});
