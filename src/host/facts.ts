import { release } from 'node:os';
import type { Facts } from '../domain/facts.ts';
import { readBootIdentity } from './boot-identity.ts';
import { readOsRelease } from './os-release.ts';
import type { HostPaths } from './paths.ts';
import { readSpace } from './space.ts';
import { readFailedUnits, readVirtualization } from './systemd.ts';
import type { RunCommand } from './tools.ts';

/** What can be observed of a host without asking its package tools. */
export type SystemFacts = Pick<
  Facts,
  'os' | 'kernel' | 'virtualization' | 'boot' | 'space' | 'failedUnits'
>;

const FAILED_UNITS_MAX = 200;

/** Looks at the host; changes nothing. */
export async function observeSystem(run: RunCommand, paths: HostPaths): Promise<SystemFacts> {
  return {
    os: await readOsRelease(),
    kernel: release(),
    virtualization: await readVirtualization(run),
    boot: await readBootIdentity(),
    space: await readSpace(['/', '/boot', '/var', paths.archiveDirectory, paths.stateDirectory]),
    failedUnits: (await readFailedUnits(run)).slice(0, FAILED_UNITS_MAX),
  };
}
