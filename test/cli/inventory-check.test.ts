import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
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

describe('patchcycle inventory check', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'patchcycle-policy-'));
    await writeFile(join(directory, 'patchcycle.yaml'), GOOD);
    await writeFile(join(directory, 'bad.yaml'), BAD);
  });
  afterAll(() => rm(directory, { recursive: true }));
  const check = (...argv: string[]) =>
    run(['inventory', 'check', ...argv], { workingDirectory: directory });

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
    expect(documentOf(ran)).toMatchObject({ ok: false, errors: [{ line: 2 }, { line: 4 }] });
    expect(ran.exitCode).toBe(1);
  });

  it('is the same as policy check', async () => {
    for (const file of [[], ['bad.yaml'], ['bad.yaml', '--json'], ['missing.yaml']]) {
      const ran = await run(['policy', 'check', ...file], { workingDirectory: directory });
      expect(ran).toEqual(await check(...file));
    }
  });

  it('prints the JSON Schema for editors', async () => {
    const ran = await run(['inventory', 'schema'], { workingDirectory: directory });
    expect(documentOf(ran)).toMatchObject({ type: 'object', additionalProperties: false });
  });

  it('says what to do where there is no such file', async () => {
    const { exitCode, stderr } = await check('missing.yaml');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/missing\.yaml/);
    expect(stderr).toMatch(/Next: /);
  });

  it('does not wait for a pipe, nor read a device for ever', async () => {
    await execa('mkfifo', [join(directory, 'pipe.yaml')]);
    for (const file of ['pipe.yaml', '/dev/zero', '.']) {
      const { exitCode, stderr } = await check(file);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringContaining('it is no file'),
      });
    }
  });

  it('lets no key of the file move the cursor or ring the bell', async () => {
    await writeFile(join(directory, 'hostile.yaml'), 'hosts:\n  "\\e[2J\\ax": { policy: p }\n');
    const { exitCode, stderr } = await check('hostile.yaml');
    expect(exitCode).toBe(1);
    // eslint-disable-next-line no-control-regex -- exactly those must not be there
    expect(stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
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
