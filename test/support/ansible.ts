import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../src/temporal/server/cache-directory.ts';

/** Runs on Python 3.11 and later, which is what Debian 12 and Ubuntu 24.04 have. */
const VERSION = '2.19.14';

const run = promisify(execFile);

/** What a program of the real ansible-core prints. */
export async function ansible(
  program: 'inventory' | 'doc',
  args: readonly string[],
): Promise<string> {
  const directory = await installAnsible();
  const { stdout } = await run('python3', ['-m', 'ansible', program, ...args], {
    env: { ...process.env, PYTHONPATH: directory, ANSIBLE_NOCOLOR: '1', LC_ALL: 'C.UTF-8' },
    maxBuffer: 16_000_000,
  });
  return stdout;
}

/** Installs ansible-core from PyPI into the cache, once; answers where it is. Throws with what pip says. */
export async function installAnsible(): Promise<string> {
  const directory = join(cacheDirectory(), 'tests', `ansible-core-${VERSION}`);
  if (existsSync(directory)) return directory;
  const incoming = `${directory}.${process.pid}`;
  await mkdir(incoming, { recursive: true });
  try {
    await run('python3', [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...['--only-binary', ':all:', '--target', incoming, `ansible-core==${VERSION}`],
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
