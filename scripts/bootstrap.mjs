/**
 * `node scripts/bootstrap.mjs SCRIPT [ARGUMENTS]` runs a script on the project's own Node, and
 * installs the dependencies before that where they are missing or stale.
 *
 * This file runs on whichever Node npm runs on (18 and up) and before anything is installed, so it
 * is plain JavaScript that imports nothing but what Node brings along.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NODE_MODULES = join(ROOT, 'node_modules');
export const PROJECT_NODE = join(NODE_MODULES, 'node', 'bin', 'node');

/** Over a slow line the 700 MB take minutes; a registry that hangs shall not hold for ever. */
const INSTALL_TIMEOUT_MS = 20 * 60_000;
const STILL_INSTALLING_MS = 5_000;

/**
 * Whether what is installed is what the lockfile asks for. npm writes `.package-lock.json` last,
 * so after an installation that was broken off it is missing.
 */
function isInstalled() {
  const installedFile = join(NODE_MODULES, '.package-lock.json');
  if (!existsSync(installedFile) || !existsSync(PROJECT_NODE)) return false;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(
    // Optional packages are those of other platforms.
    ([path, { version, optional }]) =>
      path === '' || optional || installed[path]?.version === version,
  );
}

async function install() {
  const started = Date.now();
  const say = (text) => process.stderr.write(`patchcycle: ${text}\n`);
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  say('installing the dependencies (npm ci; some 700 MB, half a minute on a fast line)');
  const ticking = setInterval(
    () => say(`still installing the dependencies, ${seconds()}`),
    STILL_INSTALLING_MS,
  );
  // Without the project's own programs on the PATH: npm is about to delete the Node among them.
  const path = (process.env.PATH ?? '').split(delimiter).filter((d) => !d.startsWith(NODE_MODULES));
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    env: { ...process.env, PATH: path.join(delimiter) },
    // Standard output belongs to the script that is to run.
    stdio: ['ignore', 2, 2],
    signal: AbortSignal.timeout(INSTALL_TIMEOUT_MS),
    shell: process.platform === 'win32',
  });
  const code = await exitCodeOf(npm).finally(() => clearInterval(ticking));
  if (code !== 0 || !existsSync(PROJECT_NODE)) {
    throw new Error(
      `npm ci in ${ROOT} failed (exit code ${code}), so the dependencies are missing. ` +
        'Mend what npm says above, then run the same command again.',
    );
  }
  say(`dependencies installed in ${seconds()}`);
}

/** The exit code of a child that gets the signals meant for it; 128 + n when signal n ended it. */
function exitCodeOf(child) {
  // Ctrl-C in a terminal reaches the child without help; a second one would mean "at once".
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** Runs a script of the project with its own Node; answers the exit code. */
export async function runOnProjectNode(script, args) {
  if (!isInstalled()) await install();
  const env = {
    ...process.env,
    PATH: `${join(NODE_MODULES, '.bin')}${delimiter}${process.env.PATH}`,
  };
  return exitCodeOf(spawn(PROJECT_NODE, [join(ROOT, script), ...args], { stdio: 'inherit', env }));
}

const [, self, script, ...args] = process.argv;
if (self !== undefined && import.meta.url === pathToFileURL(self).href) {
  try {
    if (script === undefined)
      throw new Error('usage: node scripts/bootstrap.mjs SCRIPT [ARGUMENTS]');
    process.exitCode = await runOnProjectNode(script, args);
  } catch (error) {
    process.stderr.write(`patchcycle: ${error.message}\n`);
    process.exitCode = 1;
  }
}
