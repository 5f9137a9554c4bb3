import { release } from 'node:os';
import { installedKernels, newerKernel } from '../shared/kernel.ts';
import { compareVersions } from './compare-versions.ts';

/**
 * `5.14.0-427.el9.x86_64+debug`: after version and release the architecture, then what marks a
 * variant. Other kernels of the same host have a word for it in their release: `el8uek`, `rt7`.
 */
const RELEASE = /^\d[^-]*-(.*)\.([a-z0-9_]+(?:\+.+)?)$/;

/** The part of a kernel's release that names its flavour. A rescue image is one of its own. */
export function flavourOf(kernelRelease: string): string {
  const [, rest = kernelRelease, ending = ''] = RELEASE.exec(kernelRelease) ?? [];
  if (ending === '') return kernelRelease;
  const words = ['uek', 'rt'].filter((word) =>
    new RegExp(`(?<![a-z])${word}|el\\d+${word}`).test(rest),
  );
  return [ending, ...words].join(' ');
}

/**
 * Why another kernel is waiting to be booted, as a sentence; null when the newest of this flavour
 * runs, or when the kernel does not come from this host's packages at all.
 */
export async function pendingKernel(): Promise<string | null> {
  return judgeKernel(release(), await installedKernels());
}

/** The judgement of {@link pendingKernel}, apart from how the host is asked. */
export function judgeKernel(running: string, installed: readonly string[]): string | null {
  return newerKernel(running, installed, { flavourOf, compare: compareVersions });
}
