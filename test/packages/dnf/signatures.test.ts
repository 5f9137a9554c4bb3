import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/plan.ts';
import { requireSignatures } from '../../../src/packages/dnf/signatures.ts';
import { answering, type Answer } from './fixture.ts';

const change = (name: string): Change => ({
  name,
  architecture: 'noarch',
  oldVersion: '1-1',
  newVersion: '2-1',
  archive: `${name}-2-1.noarch.rpm`,
  sha256: 'a'.repeat(64),
  sizeBytes: 1,
  origin: 'lab',
  security: false,
});

describe('Signatures of archives', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'signatures-'));
    for (const name of ['app', 'lib']) await writeFile(join(directory, change(name).archive), 'x');
  });

  afterEach(() => rm(directory, { recursive: true }));

  const check = (answer: Answer) =>
    requireSignatures(
      answering(() => answer),
      [change('app'), change('lib')],
      directory,
    );

  const verdict = (app: string, lib: string) =>
    `${directory}/app-2-1.noarch.rpm: ${app}\n${directory}/lib-2-1.noarch.rpm: ${lib}\n`;

  it('are good when rpm says so of every archive', async () => {
    const stdout = verdict('digests signatures OK', 'digests signatures OK');
    await expect(check({ stdout })).resolves.toBeUndefined();
  });

  it('are refused when one is missing or wrong, and that archive is removed', async () => {
    const stdout = verdict('digests SIGNATURES NOT OK', 'digests signatures OK');
    await expect(check({ exitCode: 1, stdout })).rejects.toMatchObject({
      type: 'SignatureInvalid',
      message: 'app-2-1.noarch.rpm is not signed with a key that this host trusts',
    });
    expect(await readdir(directory)).toEqual(['lib-2-1.noarch.rpm']);
  });

  it('are not good when rpm ends with 0 and has not checked any', async () => {
    const stdout = verdict('digests OK', 'digests OK');
    await expect(check({ stdout })).rejects.toThrow('could not be checked');
  });

  it('are not bad when rpm was ended, and every archive stays', async () => {
    const result = check({ exitCode: 137, stderr: 'Killed\n' });
    await expect(result).rejects.toMatchObject({ type: 'CommandFailed' });
    expect(await readdir(directory)).toHaveLength(2);
  });
});
