import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { databaseDirectory } from '../../../src/packages/dnf/footprint.ts';
import { temporaryDirectory } from '../../host/support/temporary.ts';
import { answering } from './fixture.ts';

describe("The directory of rpm's database", () => {
  it('is the one that a link leads to, since a backup follows none', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'sysimage'));
    await symlink('sysimage', join(directory, 'rpm'));
    const tools = answering(() => ({ stdout: `${join(directory, 'rpm')}\n` }));
    expect(await databaseDirectory(tools)).toBe(join(directory, 'sysimage'));
  });

  it('is not guessed where rpm does not say it', async () => {
    const tools = answering(() => ({ stdout: '%{_dbpath}\n' }));
    await expect(databaseDirectory(tools)).rejects.toMatchObject({ type: 'UnsupportedHost' });
  });
});
