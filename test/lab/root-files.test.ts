import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInRoot, writeInRoot } from '../../src/lab/root-files.ts';

let base: string;
let root: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'root-files-'));
  root = join(base, 'root');
  await mkdir(join(root, 'etc'), { recursive: true });
});
afterEach(async () => rm(base, { recursive: true }));

describe("Files in a lab host's root", () => {
  it('are written with the mode asked for and read back', async () => {
    await writeInRoot(root, '/etc/new/agent.yaml', 'a: 1\n', 0o600);
    expect(await readInRoot(root, '/etc/new/agent.yaml')).toBe('a: 1\n');
    expect((await stat(join(root, 'etc/new/agent.yaml'))).mode & 0o777).toBe(0o600);
  });

  it('are never written through a link that leads out of the root', async () => {
    await mkdir(join(base, 'outside'));
    await symlink('../../outside', join(root, 'etc/link'));
    await symlink(join(base, 'outside/file'), join(root, 'etc/file'));
    await expect(writeInRoot(root, '/etc/link/file', 'x')).rejects.toThrow(
      "leads out of the host's root",
    );
    await expect(writeInRoot(root, '/etc/file', 'x')).rejects.toThrow('is a symbolic link');
    await expect(readFile(join(base, 'outside/file'))).rejects.toThrow('ENOENT');
  });

  it.each(['/tmp/x', '/run/x', '/proc/x'])(
    'are refused in memory that only the running host sees: %s',
    async (path) => {
      await expect(writeInRoot(root, path, 'x')).rejects.toThrow(
        'which only the running host sees',
      );
    },
  );

  it.each(['etc/x', '/etc/../../x'])(
    'are refused where the path is not one on a host: %s',
    async (path) => {
      await expect(writeInRoot(root, path, 'x')).rejects.toThrow('is not a path on a host');
    },
  );
});
