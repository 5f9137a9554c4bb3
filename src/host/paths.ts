import { join } from 'node:path';
import type { CycleId } from '../domain/names.ts';

/** Where patchcycle's things lie on a host. Tests pass other roots; nothing else decides paths. */
export type HostPaths = {
  /** root's configuration: agent.yaml and hooks.d. */
  configDirectory: string;
  /** State, 0700: lock, journal, one directory a cycle. */
  stateDirectory: string;
  /** Downloaded archives, readable by the package tools' own download user. */
  archiveDirectory: string;
};

export const HOST_PATHS: HostPaths = {
  configDirectory: '/etc/patchcycle',
  stateDirectory: '/var/lib/patchcycle',
  archiveDirectory: '/var/cache/patchcycle',
};

export function cycleDirectory(paths: HostPaths, cycle: CycleId): string {
  return join(paths.stateDirectory, 'cycles', cycle);
}

export function backupDirectory(paths: HostPaths, cycle: CycleId): string {
  return join(cycleDirectory(paths, cycle), 'backup');
}

export function archivesOf(paths: HostPaths, cycle: CycleId): string {
  return join(paths.archiveDirectory, cycle);
}
