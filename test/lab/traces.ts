import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStartTicks } from '../../src/lab/processes.ts';

/** The control group directories of this name at the top of any hierarchy. */
export function groupsNamed(name: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, mount = '']) => join(mount, name))
    .filter((path) => existsSync(path));
}

/** The processes of this machine that lie in a control group of this name. */
export function processesOf(name: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && groupsOf(entry).includes(`/${name}/`))
    .map(Number)
    .filter((pid) => processStartTicks(pid) !== null);
}

function groupsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    // It has ended since the directory was read.
    return '';
  }
}
