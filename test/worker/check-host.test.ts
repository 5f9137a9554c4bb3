import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { configFile } from '../../src/host/config.ts';
import { StepFailure } from '../../src/domain/failure.ts';
import { checkHost } from '../../src/worker/check-host.ts';
import { failureText, isHostsOwn } from '../../src/worker/failure-text.ts';
import { temporaryPaths } from '../host/support/temporary.ts';

describe('checkHost', () => {
  it('tells what is missing and how to mend it', async () => {
    const paths = await temporaryPaths();
    await mkdir(paths.stateDirectory, { mode: 0o755 });
    const checks = await checkHost(paths);
    expect(checks.find(({ name }) => name === 'agent.yaml')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('does not exist'),
      mend: expect.stringContaining('agent.yaml.example'),
    });
    expect(checks.find(({ name }) => name === 'state directory')).toMatchObject({
      ok: false,
      mend: expect.stringContaining('chmod 0700'),
    });
  });

  it('tells whether the allowed signers can be used, where there are any', async () => {
    const paths = await temporaryPaths();
    await mkdir(paths.configDirectory, { mode: 0o755 });
    const signers = join(paths.configDirectory, 'allowed_signers');
    await writeFile(configFile(paths), `host: web-1\nallowedSigners: ${signers}\n`, {
      mode: 0o600,
    });
    const found = async () =>
      (await checkHost(paths)).find(({ name }) => name === 'allowed signers');
    expect(await found()).toMatchObject({
      ok: false,
      detail: expect.stringContaining('does not exist'),
      mend: expect.stringContaining('NAME ssh-ed25519 KEY'),
    });
    await writeFile(signers, `ada ssh-ed25519 ${'A'.repeat(68)}\n`, { mode: 0o644 });
    expect(await found()).toMatchObject({ ok: true, detail: expect.stringContaining(signers) });
  });

  it('tells what is in order, and makes nothing', async () => {
    const paths = await temporaryPaths();
    await mkdir(paths.configDirectory);
    await writeFile(configFile(paths), 'host: web-1\n', { mode: 0o600 });
    const checks = await checkHost(paths);
    expect(checks.find(({ name }) => name === 'agent.yaml')).toEqual({
      name: 'agent.yaml',
      ok: true,
      detail: 'this is web-1; plans that no person approved are refused',
      mend: null,
    });
    expect(checks.find(({ name }) => name === 'state directory')).toMatchObject({
      ok: true,
      detail: `${paths.stateDirectory} will be made`,
    });
  });
});

describe('what the agent says when it cannot start', () => {
  it('is the failure, each finding and what to do, a line each', () => {
    const failure = new StepFailure('BadInput', 'agent.yaml is wrong.', {
      remedy: 'Correct it.',
      findings: ['agent.yaml:2:1: unknown key'],
    });
    expect(failureText(failure)).toBe(
      'agent.yaml is wrong.\nagent.yaml:2:1: unknown key\nCorrect it.',
    );
  });

  it('tells what only a person can mend from what the next start may not meet', () => {
    expect(isHostsOwn(new StepFailure('HostRefuses', 'x', { remedy: 'y' }))).toBe(true);
    expect(isHostsOwn(new Error('the native library is missing'))).toBe(false);
  });
});
