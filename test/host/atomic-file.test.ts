import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createFileExclusively, writeFileAtomically } from '../../src/host/atomic-file.ts';
import { temporaryDirectory } from './support/temporary.ts';

describe('writeFileAtomically', () => {
  it('replaces the content, keeps it for the owner, and leaves nothing beside it', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'entry.json');
    await writeFileAtomically(path, 'old');
    await writeFileAtomically(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['entry.json']);
  });

  it('replaces a symbolic link and does not write through it', async () => {
    const directory = await temporaryDirectory();
    const target = join(directory, 'target');
    const path = join(directory, 'entry');
    await writeFile(target, 'precious');
    await symlink(target, path);
    await writeFileAtomically(path, 'new');
    expect(await readFile(target, 'utf8')).toBe('precious');
    expect(await readFile(path, 'utf8')).toBe('new');
  });

  it('leaves nothing behind when the name is taken by a directory', async () => {
    const directory = await temporaryDirectory();
    await expect(writeFileAtomically(directory, 'x')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe('createFileExclusively', () => {
  it('is won by exactly one of many, whose whole content is there', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'claim');
    const claims = Array.from({ length: 50 }, (_, index) =>
      createFileExclusively(path, `claimed by ${index}`),
    );
    const won = await Promise.all(claims);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe(`claimed by ${won.indexOf(true)}`);
    expect(await readdir(directory)).toEqual(['claim']);
  });

  it('is not won through a planted symbolic link', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'claim');
    await symlink(join(directory, 'nowhere'), path);
    expect(await createFileExclusively(path, 'x')).toBe(false);
    expect(await readdir(directory)).toEqual(['claim']);
  });
});
