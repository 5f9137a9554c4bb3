import { createHash } from 'node:crypto';
import {
  chown,
  link,
  lstat,
  mkdir,
  open,
  readFile,
  readdir,
  stat,
  symlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/plan.ts';
import type { CommandOptions, CommandResult, HostTools } from '../../../src/host/tools.ts';
import { checkArchive } from '../../../src/packages/shared/archives.ts';
import { download } from '../../../src/packages/apt/download.ts';
import { temporaryDirectory } from '../../host/support/temporary.ts';

let root: string;
let directory: string;
let held: FileHandle[];
beforeEach(async () => {
  root = await temporaryDirectory();
  directory = join(root, 'archives');
  held = [];
});
afterEach(async () => {
  for (const file of held) await file.close();
});

function change(name: string, content: string): Change {
  return {
    name,
    architecture: 'all',
    oldVersion: '1.0',
    newVersion: '1.1',
    archive: `${name}_1.1_all.deb`,
    sha256: createHash('sha256').update(content).digest('hex'),
    sizeBytes: content.length,
    origin: '',
    security: true,
  };
}

/** Tools of a host on which `fetch` is what `apt-get download` does in its working directory. */
function tools(fetch: (incoming: string, options: CommandOptions) => Promise<unknown>): HostTools {
  return {
    run: async (argv, options = {}) => {
      const result: CommandResult = {
        ...{ argv, exitCode: 0, signal: null, stdout: '', stderr: '' },
        ...{ durationMs: 1, timedOut: false, truncated: false },
      };
      if (!argv.includes('download')) return result;
      return { ...result, ...((await fetch(options.cwd ?? '', options)) as object | undefined) };
    },
    runJob: () => Promise.reject(new Error('no job was expected')),
    progress: () => {},
  };
}

describe('downloading', () => {
  const talker = change('talker', 'good archive');

  it('keeps what apt wrote, as a file of its own that is readable for all', async () => {
    const honest = tools((incoming) => writeFile(join(incoming, talker.archive), 'good archive'));
    expect(await download(honest, [talker], directory)).toEqual({
      archives: 1,
      downloadedBytes: 12,
    });
    const { uid, mode } = await stat(join(directory, talker.archive));
    expect([uid, mode & 0o777]).toEqual([process.getuid?.(), 0o644]);
    expect(await readdir(directory)).toEqual([talker.archive]);
  });

  it('changes no file that a link in the place of an archive leads to', async () => {
    const secret = join(root, 'shadow');
    await writeFile(secret, 'good archive', { mode: 0o600 });
    const hostile = tools((incoming) => symlink(secret, join(incoming, talker.archive)));
    await expect(download(hostile, [talker], directory)).rejects.toMatchObject({
      type: 'HashMismatch',
      message: expect.stringContaining('is no regular file'),
    });
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect(await readFile(secret, 'utf8')).toBe('good archive');
    expect(await readdir(directory)).toEqual(['incoming']);
  });

  it('takes no second name of another file', async () => {
    const secret = join(root, 'shadow');
    await writeFile(secret, 'good archive', { mode: 0o600 });
    const hostile = tools((incoming) => link(secret, join(incoming, talker.archive)));
    await expect(download(hostile, [talker], directory)).rejects.toMatchObject({
      type: 'HashMismatch',
    });
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
  });

  it('keeps no file that the one who downloaded it can still write to', async () => {
    const hostile = tools(async (incoming) => {
      await writeFile(join(incoming, talker.archive), 'good archive');
      held.push(await open(join(incoming, talker.archive), 'r+'));
    });
    await download(hostile, [talker], directory);
    await held[0]?.write('evil archive', 0);
    expect(await checkArchive(talker, directory)).toBe('good');
  });

  it('takes the directory away from the download user before it looks', async () => {
    const other = change('whisperer', 'never came');
    const fetching = tools(async (incoming) => {
      if (process.getuid?.() === 0) await chown(incoming, 65_534, 65_534);
      await writeFile(join(incoming, talker.archive), 'good archive');
    });
    await expect(download(fetching, [talker, other], directory)).rejects.toMatchObject({
      message: expect.stringContaining('whisperer_1.1_all.deb was not brought'),
    });
    const { uid, mode } = await lstat(join(directory, 'incoming'));
    expect([uid, mode & 0o777]).toEqual([process.getuid?.(), 0o700]);
  });

  it('refuses an archive that is not the one of the plan, and leaves nothing of it', async () => {
    const wrong = tools((incoming) => writeFile(join(incoming, talker.archive), 'evil archive'));
    await expect(download(wrong, [talker], directory)).rejects.toMatchObject({
      type: 'HashMismatch',
      message: expect.stringContaining(`the plan names ${talker.sha256}`),
    });
    expect(await readdir(directory)).toEqual(['incoming']);
  });

  it('reads no more of an archive than the plan says it has', async () => {
    const endless = tools((incoming) =>
      writeFile(join(incoming, talker.archive), 'x'.repeat(5_000)),
    );
    await expect(download(endless, [talker], directory)).rejects.toMatchObject({
      type: 'HashMismatch',
      message: expect.stringContaining('has 5000 bytes, the plan names 12'),
    });
  });

  it('fetches an archive again in whose place a link lies', async () => {
    await mkdir(directory);
    await writeFile(join(root, 'elsewhere'), 'good archive');
    await symlink(join(root, 'elsewhere'), join(directory, talker.archive));
    expect(await checkArchive(talker, directory)).toBe('altered');
    const honest = tools((incoming) => writeFile(join(incoming, talker.archive), 'good archive'));
    await download(honest, [talker], directory);
    expect((await lstat(join(directory, talker.archive))).isFile()).toBe(true);
  });

  describe('over a slow link', () => {
    const other = change('whisperer', 'comes later');
    const argvs: string[] = [];
    const slow = (brought: readonly Change[]) =>
      tools(async (incoming, options) => {
        argvs.push(String(options.timeoutMs));
        for (const { archive } of brought) await writeFile(join(incoming, archive), 'good archive');
        await writeFile(join(incoming, other.archive), 'comes');
        return { exitCode: null, signal: 'SIGKILL', timedOut: true };
      });

    it('is given up after the time that it has, and what was finished is kept', async () => {
      await expect(
        download(slow([talker]), [talker, other], directory, 5_000),
      ).rejects.toMatchObject({ type: 'MirrorUnreachable' });
      expect(Number(argvs.at(-1))).toBeLessThanOrEqual(5_000);
      expect(await checkArchive(talker, directory)).toBe('good');
      expect(await checkArchive(other, directory)).toBe('missing');
    });

    it('does not fetch again what a call had finished in whose middle the agent ended', async () => {
      await mkdir(join(directory, 'incoming'), { recursive: true });
      await writeFile(join(directory, 'incoming', talker.archive), 'good archive');
      const rest = tools((incoming) => writeFile(join(incoming, other.archive), 'comes later'));
      expect(await download(rest, [talker, other], directory)).toEqual({
        archives: 2,
        downloadedBytes: 11,
      });
    });
  });
});
