import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** What can differ about each path, by its name as the host has it. Made without a line of the product's own code. */
export type TreeSnapshot = ReadonlyMap<string, Readonly<Record<string, string | number>>>;

/** What lives in memory or is the kernel's. */
const NOT_ON_DISK = ['/proc', '/sys', '/dev', '/run', '/tmp'];

/** Looks at a whole root file system, sockets left out; symbolic links are not followed. */
export function snapshotTree(root: string): TreeSnapshot {
  const entries = new Map<string, Record<string, string | number>>();
  const open = [''];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
      const path = `${directory}/${entry.name}`;
      if (NOT_ON_DISK.includes(path) || entry.isSocket()) continue;
      if (entry.isDirectory()) open.push(path);
      entries.set(path, describe(join(root, path), lstatSync(join(root, path))));
    }
  }
  return entries;
}

function describe(path: string, stats: Stats): Record<string, string | number> {
  const { mode, uid, gid } = stats;
  const common = { mode, uid, gid, links: stats.isDirectory() ? 1 : stats.nlink };
  if (stats.isSymbolicLink()) return { ...common, target: readlinkSync(path) };
  if (!stats.isFile()) return common;
  const content = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { ...common, content, modified: stats.mtimeMs };
}

/** `PATH: what differs`, or `PATH: new` and `PATH: gone`, sorted. */
export function differences(before: TreeSnapshot, after: TreeSnapshot): string[] {
  const told: string[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [then, now] = [before.get(path), after.get(path)];
    if (then === undefined) told.push(`${path}: new`);
    else if (now === undefined) told.push(`${path}: gone`);
    else {
      const what = Object.keys({ ...then, ...now }).filter((key) => then[key] !== now[key]);
      if (what.length > 0) told.push(`${path}: ${what.join(', ')}`);
    }
  }
  return told.toSorted();
}
