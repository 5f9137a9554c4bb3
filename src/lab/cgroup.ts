import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killProcess } from './processes.ts';

/**
 * Every lab host gets a control group of its own. Without one, all hosts that a process starts share
 * one group named `payload`: each systemd then finds the others' processes in its units' groups, as
 * number 0, and fails to end what is left of a unit. A group is also how a host's processes are found.
 */

/** Emptied groups vanish within milliseconds; the kernel's bookkeeping may lag behind. */
const REMOVE_ATTEMPTS = 50;
const REMOVE_PAUSE_MS = 100;

type Hierarchy = { mount: string; own: string };

/** The hierarchies that systemd keeps services in: v2, v1's `name=systemd`, or both. */
function hierarchies(): Hierarchy[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const unified = mounts.find(([, , type]) => type === 'cgroup2')?.[1];
  const named = mounts.find(
    ([, , type, options]) => type === 'cgroup' && options?.split(',').includes('name=systemd'),
  )?.[1];
  return readFileSync('/proc/self/cgroup', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, controllers = '-', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
      const mount =
        controllers === '' ? unified : controllers === 'name=systemd' ? named : undefined;
      return mount === undefined ? [] : [{ mount, own: join(mount, path) }];
    })
    .filter(({ own }) => existsSync(own));
}

/**
 * Calls `start`, which starts a process without waiting for anything, so that the new process is in
 * the group `name`. This process steps in and out again, because only an own child could else be
 * placed before its first instruction. Nothing else runs between: everything here is synchronous.
 */
export function startInCgroup<T>(name: string, start: () => T): T {
  const all = hierarchies();
  for (const { mount } of all) mkdirSync(join(mount, name), { recursive: true });
  try {
    for (const { mount } of all) enter(join(mount, name));
    return start();
  } finally {
    for (const { own } of all) enter(own);
  }
}

function enter(group: string): void {
  writeFileSync(join(group, 'cgroup.procs'), String(process.pid));
}

/** The names of all groups that lie where the lab's do. */
export async function groupNames(): Promise<string[]> {
  const names: string[] = [];
  for (const { mount } of hierarchies()) {
    names.push(...(await groupsBelow(mount)).map((group) => basename(group)));
  }
  return names;
}

/**
 * Ends every process in the group by SIGKILL and removes the group with all below it, waiting until
 * the last one is gone; harmless when there is no such group. A host's first process outlives a
 * systemd-nspawn that is killed, so this is the one way to be sure.
 */
export async function removeCgroup(name: string): Promise<void> {
  for (const { mount } of hierarchies()) await killTree(join(mount, name));
  for (const { mount } of hierarchies()) await removeTree(join(mount, name));
}

async function killTree(group: string): Promise<void> {
  const pids = (await unlessGone(readFile(join(group, 'cgroup.procs'), 'utf8'))) ?? '';
  for (const pid of pids.split('\n')) {
    // 0 stands for a process that this process cannot see.
    if (Number(pid) > 0) killProcess(Number(pid));
  }
  for (const below of await groupsBelow(group)) await killTree(below);
}

async function groupsBelow(group: string): Promise<string[]> {
  const entries = (await unlessGone(readdir(group, { withFileTypes: true }))) ?? [];
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name));
}

/** Undefined when another run has removed the group meanwhile. */
async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENODEV') return undefined;
    throw error;
  }
}

async function removeTree(group: string): Promise<void> {
  for (const below of await groupsBelow(group)) await removeTree(below);
  for (let attempt = 1; ; attempt++) {
    try {
      await rmdir(group);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || attempt === REMOVE_ATTEMPTS) throw error;
      await sleep(REMOVE_PAUSE_MS);
    }
  }
}
