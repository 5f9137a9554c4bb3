import { readdir } from 'node:fs/promises';
import { release, version } from 'node:os';
import { orIfMissing } from '../../host/errno.ts';
import { compareVersions, newestVersion } from './compare-versions.ts';
import type { PackageState } from './states.ts';

/** `6.1.0-56-amd64`: version, ABI, flavour. `6.1.0-56-cloud-amd64` is another flavour than `amd64`. */
const RELEASE = /^(\d[^-]*-\d+(?:\.\d+)*)-(.+)$/;

/** The part of a kernel's release that names its flavour; empty where there is none, as in `6.9.7`. */
export function flavourOf(kernelRelease: string): string {
  return RELEASE.exec(kernelRelease)?.[2] ?? '';
}

/** Releases of the kernels that are installed, by the images in /boot. */
async function installedKernels(): Promise<string[]> {
  const names = await orIfMissing(readdir('/boot'), []);
  const images = names.map((name) => /^vmlinu[xz]-(.+)$/.exec(name)?.[1]);
  return images.filter((name) => name !== undefined);
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
  const flavour = flavourOf(running.release);
  const newest = newestVersion(installed.filter((one) => flavourOf(one) === flavour));
  if (newest === undefined) return null;
  if (compareVersions(newest, running.release) > 0) {
    return `the kernel ${newest} is installed and ${running.release} runs`;
  }
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
