import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import { errnoOf, isRefused } from '../../host/errno.ts';
import { readProcess } from '../../host/process-table.ts';

/** A process with files whose code it runs. */
export type MappedProcess = { pid: number; name: string; files: string[] };

/**
 * Where packages put code. What is mapped from elsewhere (memory files, /tmp, /run, fonts' and
 * locales' data) is no program or library of a package.
 */
const CODE = /^\/(?:usr|lib|lib32|lib64|libx32|bin|sbin)\//;

const DELETED = ' (deleted)';

/** `hidden`: processes that may not be looked at, of which nothing can be said. */
export type MappedProcesses = { found: MappedProcess[]; hidden: number[] };

/**
 * Every process but this one with the program and library files that it runs from. `deleted` asks
 * for files that are gone or replaced: the process still runs their old code. Containers on this
 * host are left out: what they run is their own, also where it has the path of a file of the host.
 * A security module or a lack of capabilities may hide a process even from root.
 */
export async function mappedProcesses(
  kind: 'deleted' | 'present',
  listPids: () => Promise<number[]> = allPids,
): Promise<MappedProcesses> {
  const found: MappedProcess[] = [];
  const hidden: number[] = [];
  for (const pid of await listPids()) {
    if (pid === process.pid) continue;
    try {
      const mapped = await mappedBy(pid, kind);
      if (mapped !== null) found.push(mapped);
    } catch (error) {
      if (!isRefused(error)) throw error;
      hidden.push(pid);
    }
  }
  return { found, hidden };
}

async function mappedBy(pid: number, kind: 'deleted' | 'present'): Promise<MappedProcess | null> {
  if (!(await seesHostFiles(pid))) return null;
  const files = parseMaps(await readMaps(pid), kind);
  if (files.length === 0) return null;
  const name = (await readProcess(pid))?.name;
  // Undefined is that it ended in the meantime.
  return name === undefined ? null : { pid, name, files };
}

async function allPids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Lines of /proc/PID/maps, see proc_pid_maps(5): addresses, permissions, offset, device, inode, path. */
export function parseMaps(text: string, kind: 'deleted' | 'present'): string[] {
  const files = new Set<string>();
  for (const line of text.split('\n')) {
    const [, permissions, path] = /^\S+ (\S{4}) \S+ \S+ \d+ +(\/.*)$/.exec(line) ?? [];
    // Only what may be executed is code; a mapped font that was replaced asks for no reboot.
    if (path === undefined || !permissions?.includes('x')) continue;
    const isDeleted = path.endsWith(DELETED);
    if (isDeleted !== (kind === 'deleted') || !CODE.test(path)) continue;
    files.add(isDeleted ? path.slice(0, -DELETED.length) : path);
  }
  return [...files];
}

/**
 * A service may have mounts of its own and yet the host's root, and it may have locked itself into
 * a part of the host's files (postfix does): only what has neither the root nor the mounts is a container.
 */
async function seesHostFiles(pid: number): Promise<boolean> {
  const [own, its] = [await stat('/'), await orIfEnded(stat(`/proc/${pid}/root/`), null)];
  if (its === null || (its.dev === own.dev && its.ino === own.ino)) return its !== null;
  const mounts = await orIfEnded(readlink(`/proc/${pid}/ns/mnt`), null);
  return mounts === (await readlink('/proc/self/ns/mnt'));
}

function readMaps(pid: number): Promise<string> {
  return orIfEnded(readFile(`/proc/${pid}/maps`, 'utf8'), '');
}

async function orIfEnded<T, F>(work: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await work;
  } catch (error) {
    // The process has ended since the listing.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return fallback;
    throw error;
  }
}
