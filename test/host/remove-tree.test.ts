import { chown, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { removeSeized, seizeDirectory } from '../../src/host/remove-tree.ts';
import { temporaryDirectory } from './support/temporary.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

describe('a directory that another user could write to', () => {
  it("is its own user's alone once it is seized", async () => {
    const directory = join(await temporaryDirectory(), 'incoming');
    await mkdir(directory, { mode: 0o777 });
    if (isRoot) await chown(directory, NOBODY, NOBODY);
    await seizeDirectory(directory);
    const { uid, mode } = await stat(directory);
    expect([uid, mode & 0o777]).toEqual([process.getuid?.(), 0o700]);
  });

  it('is removed with all that is in it, and nothing that it links to', async () => {
    const root = await temporaryDirectory();
    const directory = join(root, 'incoming');
    await mkdir(join(directory, 'deep', 'deeper'), { recursive: true });
    await mkdir(join(root, 'etc'));
    await writeFile(join(root, 'etc', 'shadow'), 'secret');
    await writeFile(join(directory, 'deep', 'file'), '');
    await symlink(join(root, 'etc'), join(directory, 'deep', 'link'));
    await symlink(join(root, 'etc'), join(directory, 'link'));
    await removeSeized(directory);
    expect(await readdir(root)).toEqual(['etc']);
    expect(await readFile(join(root, 'etc', 'shadow'), 'utf8')).toBe('secret');
  });
});
