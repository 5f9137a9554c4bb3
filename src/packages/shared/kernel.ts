import { readdir } from 'node:fs/promises';
import { orIfMissing } from '../../host/errno.ts';

/** Releases of the kernels that are installed, by the images in /boot. */
export async function installedKernels(): Promise<string[]> {
  const names = await orIfMissing(readdir('/boot'), []);
  const images = names.map((name) => /^vmlinu[xz]-(.+)$/.exec(name)?.[1]);
  return images.filter((name) => name !== undefined);
}

/** How a family's kernel releases are read: `6.1.0-56-amd64`, `5.14.0-427.el9.x86_64`. */
export type KernelReleases = {
  /** What tells kernels apart that do not follow on each other. */
  flavourOf: (release: string) => string;
  compare: (one: string, other: string) => number;
};

/**
 * Why a newer kernel of the running one's flavour is waiting to be booted, as a sentence; null where
 * the newest runs, or where the running kernel does not come from this host's packages at all.
 */
export function newerKernel(
  running: string,
  installed: readonly string[],
  { flavourOf, compare }: KernelReleases,
): string | null {
  const flavour = flavourOf(running);
  const [newest] = installed
    .filter((one) => flavourOf(one) === flavour)
    .toSorted((one, other) => compare(other, one));
  if (newest === undefined || compare(newest, running) <= 0) return null;
  return `the kernel ${newest} is installed and ${running} runs`;
}
