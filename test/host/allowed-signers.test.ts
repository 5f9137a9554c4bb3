import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { requireSigners } from '../../src/host/allowed-signers.ts';
import { createRunCommand } from '../../src/host/command.ts';
import { becomeOtherUser } from './support/other-user.ts';
import { makeSigner, type Signer } from './support/signing.ts';
import { temporaryDirectory } from './support/temporary.ts';

const run = createRunCommand({ cycleDirectory: null, step: 'test' });

let ada: Signer;
beforeAll(async () => {
  ada = await makeSigner();
});
afterAll(() => ada.forget());

let directory: string;
let path: string;
beforeEach(async () => {
  directory = join(await temporaryDirectory(), 'etc');
  path = join(directory, 'allowed_signers');
  await mkdir(directory, { mode: 0o755 });
  await writeFile(path, `ada ${ada.publicKey}\n`, { mode: 0o644 });
});

const refused = (message: RegExp) =>
  expect(requireSigners(run, path)).rejects.toMatchObject({
    type: 'HostRefuses',
    message: expect.stringMatching(message),
  });

describe('the file of allowed signers', () => {
  it('names a key, and ssh-keygen is there', () => requireSigners(run, path));

  it('may be indented', async () => {
    await writeFile(path, `  ada ${ada.publicKey}\n`);
    await requireSigners(run, path);
  });

  it('is refused where its path leads through a file, or to a device', async () => {
    const under = join(path, 'file');
    await expect(requireSigners(run, under)).rejects.toMatchObject({ type: 'HostRefuses' });
    await expect(requireSigners(run, '/dev/tty')).rejects.toMatchObject({ type: 'HostRefuses' });
  });

  it.each([
    ['comments only', '# ada\n\n'],
    ['nothing', ''],
    ['a name without a key', 'ada\n'],
  ])('is refused with %s, because then nobody could approve', async (_, text) => {
    await writeFile(path, text);
    await refused(/no line of it names a key/);
  });

  it('is refused when it does not exist, with what to write', async () => {
    path = join(directory, 'other');
    await refused(/does not exist/);
    await expect(requireSigners(run, path)).rejects.toMatchObject({
      details: { remedy: expect.stringContaining('NAME ssh-ed25519 KEY') },
    });
  });

  it.each([0o664, 0o646])('is refused with the mode %o', async (mode) => {
    await chmod(path, mode);
    await refused(/can be written by others/);
  });

  it('is refused in a directory that others can write', async () => {
    await chmod(directory, 0o777);
    await refused(/others than root can change/);
  });

  it('is refused as a symbolic link', async () => {
    await rename(path, join(directory, 'real'));
    await symlink('real', path);
    await refused(/symbolic link/);
  });

  it('is refused when it is not root’s', async () => {
    becomeOtherUser();
    await refused(/not used/);
  });
});
