import { chmod, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { StepFailure } from '../../src/domain/failure.ts';
import { configFile, loadHostConfig } from '../../src/host/config.ts';
import type { HostPaths } from '../../src/host/paths.ts';
import { becomeOtherUser } from './support/other-user.ts';
import { temporaryPaths } from './support/temporary.ts';

let paths: HostPaths;
beforeEach(async () => {
  paths = await temporaryPaths();
  await mkdir(paths.configDirectory);
});
async function configured(text: string): Promise<void> {
  await writeFile(configFile(paths), text, { mode: 0o644 });
}

async function refusal(): Promise<StepFailure> {
  const error = await loadHostConfig(paths).then(
    () => new Error('was accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof StepFailure) return error;
  throw error;
}

describe('agent.yaml', () => {
  it('needs a host name only; unattended cycles are refused unless it says otherwise', async () => {
    await configured('host: web-1\n');
    expect(await loadHostConfig(paths)).toEqual({ host: 'web-1', unattended: false, temporal: {} });
  });

  it('tells how Temporal is reached', async () => {
    await configured(
      'host: web-1\nunattended: true\ntemporal:\n  profile: prod\n  configFile: /etc/patchcycle/temporal.toml\n  address: temporal.example.org:7233\n  namespace: patching\n  tls: { serverName: temporal.example.org }\n',
    );
    expect(await loadHostConfig(paths)).toMatchObject({
      unattended: true,
      temporal: { profile: 'prod', address: 'temporal.example.org:7233', namespace: 'patching' },
    });
  });

  it('may name the file of allowed signers, by an absolute path only', async () => {
    await configured('host: web-1\nallowedSigners: /etc/patchcycle/allowed_signers\n');
    expect(await loadHostConfig(paths)).toMatchObject({
      allowedSigners: '/etc/patchcycle/allowed_signers',
    });
    for (const path of ['allowed_signers', '/etc/../tmp/x', '-f', '""']) {
      await configured(`host: web-1\nallowedSigners: ${path}\n`);
      expect((await refusal()).details.findings?.[0]).toMatch(/agent\.yaml:2:\d+: /);
    }
  });

  it('is what the packaged example shows', async () => {
    const example = join(import.meta.dirname, '../../packaging/agent.yaml.example');
    await configured(await readFile(example, 'utf8'));
    expect(await loadHostConfig(paths)).toMatchObject({ host: 'web-1', unattended: false });
  });

  it('is refused with file, line and column for everything that is wrong in it', async () => {
    await configured('host: Web_1\nunatended: true\ntemporal:\n  adress: x:1\n');
    const { type, details } = await refusal();
    expect(type).toBe('BadInput');
    const file = configFile(paths);
    expect(details.findings).toEqual([
      expect.stringMatching(new RegExp(`^${file}:1:7: .*host name`)),
      expect.stringMatching(
        new RegExp(`^${file}:2:1: unknown key "unatended"; did you mean "unattended"`),
      ),
      expect.stringMatching(
        new RegExp(`^${file}:4:3: unknown key "adress"; did you mean "address"`),
      ),
    ]);
  });

  it.each(['host: [', 'host: a\nhost: b\n', '- a\n', '', 'host: "a\n'])(
    'is refused when it reads %j',
    async (text) => {
      await configured(text);
      const { type, details } = await refusal();
      expect(type).toBe('BadInput');
      expect(details.findings?.[0]).toMatch(/agent\.yaml:\d+:\d+: /);
    },
  );

  it('is refused when it does not exist, with what to write', async () => {
    const failure = await refusal();
    expect(failure.type).toBe('HostRefuses');
    expect(failure.message).toContain('does not exist');
    expect(failure.details.remedy).toContain('agent.yaml.example');
  });

  it.each([0o664, 0o646, 0o666, 0o620])(
    'is refused with the mode %o, because others can write it',
    async (mode) => {
      await configured('host: web-1\n');
      await chmod(configFile(paths), mode);
      expect((await refusal()).message).toContain('can be written by others');
    },
  );

  it('is refused when it is a symbolic link', async () => {
    await configured('host: web-1\n');
    await rename(configFile(paths), join(paths.configDirectory, 'real.yaml'));
    await symlink('real.yaml', configFile(paths));
    expect((await refusal()).message).toContain('is a symbolic link');
  });

  it('is refused when it is a directory or too large', async () => {
    await mkdir(configFile(paths));
    expect((await refusal()).message).toContain('is not a regular file');
    await rename(configFile(paths), join(paths.configDirectory, 'directory'));
    await configured(`host: web-1\n#${'x'.repeat(1024 * 1024)}`);
    expect((await refusal()).message).toMatch(/has \d+ bytes/);
  });

  it('is refused when it belongs to somebody else', async () => {
    await configured('host: web-1\n');
    const own = becomeOtherUser();
    expect((await refusal()).message).toContain(`belongs to the user with the number ${own}`);
  });
});
