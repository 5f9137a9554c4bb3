import { chmod, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createRunCommand } from '../../src/host/command.ts';
import { runHook } from '../../src/host/hooks.ts';
import type { HostPaths } from '../../src/host/paths.ts';
import { untilGone } from './support/processes.ts';
import { becomeOtherUser } from './support/other-user.ts';
import { temporaryPaths } from './support/temporary.ts';

const run = createRunCommand({ cycleDirectory: null, step: 'drain' });

let paths: HostPaths;
let folder: string;
beforeEach(async () => {
  paths = await temporaryPaths();
  folder = join(paths.configDirectory, 'hooks.d');
  await mkdir(folder, { recursive: true });
});
async function hook(name: string, script: string, mode = 0o755): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), mode);
}

function call(name: string, timeoutMs = 10_000) {
  return runHook(run, paths, { name, timeoutMs, env: { PATCHCYCLE_STEP: 'drain' } });
}

describe('a hook', () => {
  it('runs by its name and is told what for', async () => {
    await hook('lb-out', `echo "$PATCHCYCLE_STEP" > ${folder}/ran`);
    await call('lb-out');
    expect(await readFile(join(folder, 'ran'), 'utf8')).toBe('drain\n');
  });

  it('fails with its exit code and the masked end of its standard error', async () => {
    await hook('lb-out', 'echo "no such pool, token=c4n4ry0123" >&2; exit 4');
    await expect(call('lb-out')).rejects.toMatchObject({
      type: 'HookFailed',
      message: expect.stringContaining('hooks.d/lb-out ended with 4'),
      details: { command: { exitCode: 4, stderrTail: 'no such pool, token=***' } },
    });
  });

  it('is ended at its time limit with all that it has started', async () => {
    await hook('lb-out', `sleep 60 & echo $! > ${folder}/pid; wait`);
    await expect(call('lb-out', 300)).rejects.toMatchObject({
      type: 'HookFailed',
      message: expect.stringContaining('did not end within 0.3 seconds'),
    });
    await untilGone(Number(await readFile(join(folder, 'pid'), 'utf8')));
  });

  it.each(['../agent.yaml', '/bin/true', 'a b', '-x', 'A', '', 'x/y', '$(id)', '.hidden'])(
    'is refused under the name %j',
    async (name) => {
      await expect(call(name)).rejects.toMatchObject({ type: 'HostRefuses' });
    },
  );

  it('is refused when it does not exist', async () => {
    await expect(call('none')).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining('does not exist'),
    });
  });

  it.each([
    [0o777, 'others can write it'],
    [0o775, 'others can write it'],
    [0o644, 'it is not executable'],
  ])('is refused with the mode %o', async (mode, why) => {
    await hook('lb-out', 'exit 0', mode);
    await expect(call('lb-out')).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining(why),
    });
  });

  it('is refused when others can write its folder', async () => {
    await hook('lb-out', 'exit 0');
    await chmod(folder, 0o777);
    await expect(call('lb-out')).rejects.toMatchObject({ type: 'HostRefuses' });
  });

  it('is refused when it or its folder is a symbolic link', async () => {
    await hook('real', 'exit 0');
    await symlink('real', join(folder, 'lb-out'));
    await expect(call('lb-out')).rejects.toMatchObject({
      message: expect.stringContaining('it is not a regular file'),
    });
    await rename(folder, `${folder}.real`);
    await symlink(`${folder}.real`, folder);
    await expect(call('real')).rejects.toMatchObject({
      message: expect.stringContaining('it is not a directory'),
    });
  });

  it('is refused when it belongs to somebody else', async () => {
    await hook('lb-out', 'exit 0');
    becomeOtherUser();
    await expect(call('lb-out')).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining('belongs to the user'),
    });
  });
});
