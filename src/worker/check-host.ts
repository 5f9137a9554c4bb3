import { access, constants, lstat } from 'node:fs/promises';
import { StepFailure } from '../domain/failure.ts';
import { configFile, loadHostConfig } from '../host/config.ts';
import { orIfMissing } from '../host/errno.ts';
import { HOST_PATHS, type HostPaths } from '../host/paths.ts';
import { spaceShortages } from '../host/space-floors.ts';
import { readSpace } from '../host/space.ts';

/** One thing that an agent needs of its host, with its mend where it is missing. */
export type HostFinding = { name: string; ok: boolean; detail: string; mend: string | null };

/** What an agent would miss on this machine. Changes nothing, creates nothing, and needs root to see all. */
export async function checkHost(paths: HostPaths = HOST_PATHS): Promise<HostFinding[]> {
  return [
    asRoot(),
    await bySystemd(),
    await withPackageManager(),
    await withState(paths.stateDirectory),
    await withConfig(paths),
    await withSpace(paths),
  ];
}

function asRoot(): HostFinding {
  return process.getuid?.() === 0
    ? fine('root', 'runs as root')
    : lacking('root', 'not run as root', 'Run it as root: only root installs packages.');
}

async function bySystemd(): Promise<HostFinding> {
  // The test of sd_booted(3).
  return (await exists('/run/systemd/system'))
    ? fine('systemd', 'package jobs run as transient units')
    : fine('systemd', 'not booted with systemd; package jobs run as detached processes');
}

async function withPackageManager(): Promise<HostFinding> {
  const needed = ['/usr/bin/apt-get', '/usr/bin/dpkg'];
  for (const program of needed) {
    if (await isExecutable(program)) continue;
    return lacking(
      'package manager',
      `${program} is missing`,
      'patchcycle patches Debian and Ubuntu hosts; this one has none of their package tools.',
    );
  }
  return fine('package manager', 'apt');
}

async function withState(directory: string): Promise<HostFinding> {
  const name = 'state directory';
  const entry = await orIfMissing(lstat(directory), null);
  if (entry === null) return fine(name, `${directory} is made by the agent when it starts`);
  const own = process.getuid?.() ?? 0;
  if (entry.isDirectory() && entry.uid === own && (entry.mode & 0o077) === 0) {
    return fine(name, `${directory} belongs to the agent alone`);
  }
  return lacking(
    name,
    `${directory} is not a directory of root's with mode 0700`,
    `Look who made it (ls -ld ${directory}), then: chown root: ${directory} && chmod 0700 ${directory}`,
  );
}

async function withConfig(paths: HostPaths): Promise<HostFinding> {
  const name = 'configuration';
  try {
    const { host, unattended } = await loadHostConfig(paths);
    const plans = unattended ? 'accepts unattended plans' : 'accepts approved plans only';
    return fine(name, `${configFile(paths)}: host ${host}, ${plans}`);
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const { findings = [], remedy } = error.details;
    return lacking(name, [error.message, ...findings].join(' '), remedy);
  }
}

async function withSpace({ archiveDirectory, stateDirectory }: HostPaths): Promise<HostFinding> {
  const spaces = await readSpace(['/', '/var', archiveDirectory, stateDirectory]);
  const shortages = spaceShortages(spaces);
  return shortages.length === 0
    ? fine('space', 'enough to begin with')
    : lacking(
        'space',
        shortages.join('; '),
        'Make room: apt-get clean; journalctl --vacuum-size=100M; df -h; df -i',
      );
}

function fine(name: string, detail: string): HostFinding {
  return { name, ok: true, detail, mend: null };
}

function lacking(name: string, detail: string, mend: string): HostFinding {
  return { name, ok: false, detail, mend };
}

async function exists(path: string): Promise<boolean> {
  return (await orIfMissing(lstat(path), null)) !== null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not to be run: either way it cannot be used.
    return false;
  }
}
