import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installByPip } from './pip.ts';

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

export function installAnsible(): Promise<string> {
  return installByPip('ansible-core', VERSION);
}
