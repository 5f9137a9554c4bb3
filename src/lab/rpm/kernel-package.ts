import { machine } from 'node:os';
import type { PackageSpec } from '../packages.ts';
import { parseRpmVersion } from './version.ts';

/**
 * A kernel as the Red Hat family packages it: each version is installed beside the ones before, with
 * a boot loader entry of its own, and becomes the default. It could not run; the hosts of the lab
 * run this machine's.
 */
export function kernelPackage(
  options: Pick<PackageSpec, 'version' | 'advisory' | 'changes'>,
): PackageSpec {
  const release = kernelRelease(options.version);
  const image = kernelImage(options.version);
  const entry = `/boot/loader/entries/lab-${release}.conf`;
  return {
    ...options,
    name: 'kernel-core',
    architecture: 'machine',
    isInstallOnly: true,
    requires: ['grubby'],
    provides: [`kernel-uname-r = ${release}`],
    files: { [`/usr/lib/modules/${release}/vmlinuz`]: `kernel ${release}\n` },
    scripts: {
      afterInstall: [
        'mkdir -p /boot/loader/entries',
        `cp /usr/lib/modules/${release}/vmlinuz ${image}`,
        `printf 'title Lab Linux (%s)\\nlinux %s\\n' ${release} ${image} >${entry}`,
        `grubby --set-default ${image}`,
      ].join('\n'),
      beforeRemove: `rm -f ${image} ${entry}`,
    },
  };
}

/** What `uname -r` would say. */
export function kernelRelease(packageVersion: string): string {
  const { version, release } = parseRpmVersion(packageVersion);
  return `${version}-${release}.${machine()}`;
}

/** By this path grubby names a kernel. */
export function kernelImage(packageVersion: string): string {
  return `/boot/vmlinuz-${kernelRelease(packageVersion)}`;
}
