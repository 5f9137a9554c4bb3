import { readFileSync } from 'node:fs';

/** What is mounted where, by the path that the mount hides; see proc_pid_mountinfo(5). */
export type Mounts = ReadonlyMap<string, { onDevice: boolean }>;

/** The mounts as they are now, by paths of one character a byte. */
export function readMounts(): Mounts {
  return parseMounts(
    readFileSync('/proc/self/mountinfo', 'latin1'),
    readFileSync('/proc/filesystems', 'latin1'),
  );
}

/**
 * Type names of file systems without a device that hold a host's own files all the same: `overlay`
 * is a container's root, `zfs` keeps its devices to itself.
 */
const HELD_BY_THE_HOST = ['overlay', 'zfs'];

/**
 * A file system is `onDevice` unless the kernel calls its type `nodev`: those are made up by the
 * kernel (proc, sysfs, cgroup), vanish with the boot (tmpfs), or belong to another host (nfs, cifs).
 */
export function parseMounts(mountinfo: string, filesystems: string): Mounts {
  const withoutDevice = new Set(
    filesystems
      .split('\n')
      .filter((line) => line.startsWith('nodev'))
      .map((line) => line.slice('nodev'.length).trim()),
  );
  const mounts = new Map<string, { onDevice: boolean }>();
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ', 2);
    const mountPoint = before.split(' ')[4];
    const type = after.split(' ')[0]?.split('.')[0] ?? '';
    if (mountPoint === undefined || type === '') continue;
    // Of several mounts on one place the last one is seen.
    mounts.set(unescape(mountPoint), {
      onDevice: HELD_BY_THE_HOST.includes(type) || !withoutDevice.has(type),
    });
  }
  return mounts;
}

/** Space, tab, newline and backslash are written as octal numbers. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
