import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { errnoOf, isRefused } from '../host/errno.ts';
import { readProcess } from '../host/process-table.ts';
import type { Manifest } from './manifest.ts';

/** A process that runs code which the restore took away. */
export type StaleProcess = {
  pid: number;
  name: string;
  /** The systemd unit that it belongs to, `nginx.service`; null when it belongs to none. */
  unit: string | null;
  /** One of the files. */
  file: string;
};

/** `hidden`: processes that may not be looked at, of which nothing can be said. */
export type StaleProcesses = { stale: StaleProcess[]; hidden: number[] };

const DELETED = ' (deleted)';

/** A library that cannot be read any more counts as stale: asking for one restart too many is the safe way. */
const UNREADABLE = 'unreadable';

/**
 * Processes that still run what the change had brought: program or library files that a restore
 * replaced or deleted, and that were made since the backup. One that was started before the change
 * also runs from files that are gone, but from the old ones: it is left alone. So a host whose
 * services the change never restarted needs neither restarts nor a reboot.
 *
 * Looks at processes that see this host's own files; containers on it have their own.
 */
export async function findStaleProcesses(
  manifest: Manifest,
  backedUpAtMs: number,
): Promise<StaleProcesses> {
  const expected = new Map<string, string | undefined>(
    manifest.entries.map(({ path, sha256 }) => [path, sha256]),
  );
  const hashes = new Map<string, Promise<string>>();
  const stale: StaleProcess[] = [];
  const hidden: number[] = [];
  for (const pid of otherProcesses()) {
    let code: ReturnType<typeof replacedCode>;
    try {
      code = seesHostFiles(pid) ? replacedCode(pid) : [];
    } catch (error) {
      if (!isRefused(error)) throw error;
      hidden.push(pid);
      continue;
    }
    for (const { range, file, identity } of code) {
      if (!expected.has(file) || isOlder(pid, range, backedUpAtMs)) continue;
      const hash = hashes.get(identity) ?? hashOfMapped(pid, range);
      hashes.set(identity, hash);
      if ((await hash) === expected.get(file)) continue;
      const name = (await readProcess(pid))?.name;
      if (name !== undefined) stale.push({ pid, name, unit: unitOf(pid), file });
      break;
    }
  }
  return { stale, hidden };
}

function otherProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

function seesHostFiles(pid: number): boolean {
  const root = statSync('/');
  const seen = orIfEnded(() => statSync(`/proc/${pid}/root/`), null);
  return seen !== null && seen.dev === root.dev && seen.ino === root.ino;
}

/** Executable mappings of files that are gone, see proc_pid_maps(5). */
function replacedCode(pid: number): { range: string; file: string; identity: string }[] {
  const maps = orIfEnded(() => readFileSync(`/proc/${pid}/maps`, 'latin1'), '');
  return maps.split('\n').flatMap((line) => {
    const [, range, permissions, device, inode, path] =
      /^(\S+) (\S{4}) \S+ (\S+) (\d+) +(\/.*)$/.exec(line) ?? [];
    if (range === undefined || !permissions?.includes('x') || !path?.endsWith(DELETED)) return [];
    const file = path.slice(0, -DELETED.length);
    return [{ range, file, identity: `${device}:${inode}:${file}` }];
  });
}

/** Whether a mapped file was made before the backup. Where that cannot be told, its content decides. */
function isOlder(pid: number, range: string, backedUpAtMs: number): boolean {
  try {
    const { birthtimeMs } = statSync(`/proc/${pid}/map_files/${range}`);
    // 0 is what a file system says that does not keep the time.
    return birthtimeMs > 0 && birthtimeMs < backedUpAtMs;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

/** /proc/PID/map_files leads to a mapped file even when it has no name any more. */
async function hashOfMapped(pid: number, range: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(`/proc/${pid}/map_files/${range}`)) {
      hash.update(chunk as Buffer);
    }
    return hash.digest('hex');
  } catch (error) {
    // Containers that may not look at mapped files answer EPERM.
    if (errnoOf(error) === undefined) throw error;
    return UNREADABLE;
  }
}

/** The last part of the control group that is a unit, in the hierarchy of systemd. */
function unitOf(pid: number): string | null {
  const groups = orIfEnded(() => readFileSync(`/proc/${pid}/cgroup`, 'latin1'), '');
  const line = groups.split('\n').find((group) => /^(?:0::|\d+:name=systemd:)/.test(group));
  const units = line?.split('/').filter((part) => /\.(?:service|scope)$/.test(part)) ?? [];
  return units.at(-1) ?? null;
}

function orIfEnded<T>(lookUp: () => T, fallback: T): T {
  try {
    return lookUp();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return fallback;
    throw error;
  }
}
