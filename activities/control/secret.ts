import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SecretSource } from '../../src/domain/secret-source.ts';
import { errnoOf } from '../../src/host/errno.ts';

/** A key or a password has a few dozen bytes. */
const SIZE_BYTES_MAX = 64 * 1_024;

/** A secret is not where it was said to be. The message names the place and never what is there. */
export class SecretMissing extends Error {
  override readonly name = 'SecretMissing';
}

/**
 * Reads a secret anew, so that one which was replaced counts at once. A file's last line break is no
 * part of it. Throws SecretMissing.
 */
export async function readSecret(
  source: SecretSource,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const [place, secret] =
    'env' in source
      ? [`the variable ${source.env}`, environment[source.env]]
      : [source.file, await textOf(source.file)];
  if (secret === undefined || secret === '') {
    throw new SecretMissing(`There is no secret in ${place}.`);
  }
  return secret;
}

async function textOf(path: string): Promise<string> {
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const entry = await file.stat();
      if (!entry.isFile()) throw new SecretMissing(`${path} is no regular file.`);
      if (entry.size > SIZE_BYTES_MAX)
        throw new SecretMissing(`${path} is too large for a secret.`);
      return (await file.readFile('utf8')).replace(/\r?\n$/, '');
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    throw new SecretMissing(`${path} cannot be read (${code}).`);
  }
}
