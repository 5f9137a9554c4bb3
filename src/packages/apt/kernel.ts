import { release, version } from 'node:os';
import { installedKernels, newerKernel } from '../shared/kernel.ts';
import { compareVersions } from './compare-versions.ts';
import type { PackageState } from './states.ts';

/** `6.1.0-56-amd64`: version, ABI, flavour. `6.1.0-56-cloud-amd64` is another flavour than `amd64`. */
const RELEASE = /^(\d[^-]*-\d+(?:\.\d+)*)-(.+)$/;

/** The part of a kernel's release that names its flavour; empty where there is none, as in `6.9.7`. */
export function flavourOf(kernelRelease: string): string {
  return RELEASE.exec(kernelRelease)?.[2] ?? '';
}

/**
 * Why another kernel is waiting to be booted, as a sentence; null when the newest of this flavour
 * runs, or when the kernel does not come from this host's packages at all.
 */
export async function pendingKernel(states: readonly PackageState[]): Promise<string | null> {
  const running = { release: release(), version: version() };
  return judgeKernel(running, await installedKernels(), states);
}

/** The judgement of {@link pendingKernel}, apart from how the host is asked. */
export function judgeKernel(
  running: { release: string; version: string },
  installed: readonly string[],
  states: readonly PackageState[],
): string | null {
  const releases = { flavourOf, compare: compareVersions };
  const newer = newerKernel(running.release, installed, releases);
  // A kernel that has no image here comes from elsewhere, whatever packages are called.
  if (newer !== null || !installed.includes(running.release)) return newer;
  return rebuiltKernel(running, states);
}

/** A kernel of the same ABI is replaced under the same name; Debian writes its package's version into `uname -v`. */
function rebuiltKernel(
  running: { release: string; version: string },
  states: readonly PackageState[],
): string | null {
  const [, runningVersion] = /\bDebian (\d\S*)/.exec(running.version) ?? [];
  const state = states.find(({ name }) => name === `linux-image-${running.release}`);
  if (runningVersion === undefined || state === undefined || state.version === '') return null;
  return compareVersions(state.version, runningVersion) > 0
    ? `the kernel ${running.release} is installed in the version ${state.version} and ${runningVersion} runs`
    : null;
}
