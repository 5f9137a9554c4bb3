import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every path below a directory, by its name as the host sees it, with what can differ about it. */
export type TreeSnapshot = ReadonlyMap<string, string>;

/** What lives in memory or is the kernel's. */
const NOT_ON_DISK = ['/proc', '/sys', '/dev', '/run', '/tmp'];

/** Looks at a whole root file system; symbolic links are not followed. */
export function snapshotTree(root: string): TreeSnapshot {
  const entries = new Map<string, string>();
  const open = [''];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
      const path = `${directory}/${entry.name}`;
      if (NOT_ON_DISK.includes(path)) continue;
      if (entry.isDirectory()) open.push(path);
      entries.set(path, describeEntry(join(root, path)));
    }
  }
  return entries;
}

function describeEntry(path: string): string {
  const stats = lstatSync(path);
  const common = `${stats.mode.toString(8)} ${stats.uid} ${stats.gid}`;
  if (stats.isSymbolicLink()) return `${common} ${readlinkSync(path)}`;
  if (!stats.isFile()) return common;
  return `${common} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

/** Paths that are new, gone or different, sorted. */
export function differences(before: TreeSnapshot, after: TreeSnapshot): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).toSorted();
}
