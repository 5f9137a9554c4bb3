import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openStateDirectory } from '../../src/host/state-dir.ts';
import { becomeOtherUser } from './support/other-user.ts';
import { temporaryDirectory } from './support/temporary.ts';

describe('openStateDirectory', () => {
  it('creates what is missing, for its owner alone', async () => {
    const path = join(await temporaryDirectory(), 'var', 'state');
    expect(await openStateDirectory(path)).toBe(path);
    expect((await stat(path)).mode & 0o7777).toBe(0o700);
    expect((await stat(join(path, '..'))).mode & 0o7777).toBe(0o700);
  });

  it('opens one that is there, also when many open it at once', async () => {
    const path = join(await temporaryDirectory(), 'state');
    const opened = await Promise.all(Array.from({ length: 20 }, () => openStateDirectory(path)));
    expect(new Set(opened)).toEqual(new Set([path]));
  });

  it.each([0o750, 0o701, 0o770, 0o777, 0o1777])('refuses the mode %o', async (mode) => {
    const path = join(await temporaryDirectory(), 'state');
    await mkdir(path);
    await chmod(path, mode);
    await expect(openStateDirectory(path)).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining('others than its owner have access'),
    });
    expect((await stat(path)).mode & 0o7777).toBe(mode);
  });

  it('refuses a symbolic link in its own place', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'real'), { mode: 0o700 });
    await symlink(join(root, 'real'), join(root, 'state'));
    await expect(openStateDirectory(join(root, 'state'))).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining(`${root}/state: it is a symbolic link`),
    });
  });

  it('refuses a symbolic link above it', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'real', 'state'), { recursive: true, mode: 0o700 });
    await symlink(join(root, 'real'), join(root, 'lib'));
    await expect(openStateDirectory(join(root, 'lib', 'state'))).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining(`${root}/lib: it is a symbolic link`),
    });
  });

  it('refuses a dangling symbolic link instead of creating its target', async () => {
    const root = await temporaryDirectory();
    await symlink(join(root, 'target'), join(root, 'state'));
    await expect(openStateDirectory(join(root, 'state'))).rejects.toMatchObject({
      type: 'HostRefuses',
    });
    await expect(stat(join(root, 'target'))).rejects.toThrow('ENOENT');
  });

  it('refuses a parent into which others could put something', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'open'));
    await chmod(join(root, 'open'), 0o777);
    await expect(openStateDirectory(join(root, 'open', 'state'))).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining('others can put things into its place'),
    });
  });

  it('refuses a file', async () => {
    const path = join(await temporaryDirectory(), 'state');
    await writeFile(path, '');
    await expect(openStateDirectory(path)).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining('is not a directory'),
    });
  });

  it('refuses a directory of somebody else', async () => {
    const path = join(await temporaryDirectory(), 'state');
    await openStateDirectory(path);
    const own = becomeOtherUser();
    await expect(openStateDirectory(path)).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining(`belongs to the user with the number ${own}`),
    });
  });
});
