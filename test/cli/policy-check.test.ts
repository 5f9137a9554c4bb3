import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentOf, run } from './support/memory-io.ts';

const GOOD = `policies:
  ordinary: { scope: security, approval: { required: false } }
hosts:
  web-1: { policy: ordinary }
`;
const BAD = `policies:
  ordinary: { scop: security }
hosts:
  web-1: { policy: ordinery }
`;

describe('patchcycle policy check', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'patchcycle-policy-'));
    await writeFile(join(directory, 'patchcycle.yaml'), GOOD);
    await writeFile(join(directory, 'bad.yaml'), BAD);
  });
  afterAll(() => rm(directory, { recursive: true }));
  const check = (...argv: string[]) =>
    run(['policy', 'check', ...argv], { workingDirectory: directory });

  it('finds ./patchcycle.yaml by itself and lists its policies', async () => {
    const { exitCode, stdout } = await check();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/is in order: 1 policy, 1 host$/m);
    expect(stdout).toMatch(/ordinary +security +no/);
  });

  it('answers the policies with their defaults as JSON', async () => {
    expect(documentOf(await check('--json'))).toMatchObject({
      ok: true,
      policies: { ordinary: { scope: 'security', reboot: 'if-required' } },
      hosts: { 'web-1': { policy: 'ordinary' } },
    });
  });

  it('tells every error with its line and what to do, and ends with 1', async () => {
    const { exitCode, stderr } = await check('bad.yaml');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/bad\.yaml:2:\d+: unknown key "scop"; did you mean "scope"\?/);
    expect(stderr).not.toMatch(/undefined/);
  });

  it('answers the errors as one JSON document', async () => {
    const ran = await check('bad.yaml', '--json');
    expect(documentOf(ran)).toMatchObject({ ok: false, errors: [{ line: 2 }] });
    expect(ran.exitCode).toBe(1);
  });

  it('says what to do where there is no such file', async () => {
    const { exitCode, stderr } = await check('missing.yaml');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/missing\.yaml/);
    expect(stderr).toMatch(/Next: /);
  });

  it('is what patch does first: a host without a policy is refused before anything is connected to', async () => {
    const { exitCode, stderr } = await run(['patch', 'db-9', '--address', '127.0.0.1:1'], {
      workingDirectory: directory,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/"db-9" is not in the configuration/);
  });

  it('refuses a policy that the file does not have, and names a near one', async () => {
    const { exitCode, stderr } = await run(['plan', 'web-1', '--policy', 'ordinray'], {
      workingDirectory: directory,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/did you mean "ordinary"/);
  });
});
