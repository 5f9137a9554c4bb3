import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mappedProcesses } from '../../../src/packages/shared/mapped-files.ts';
import { temporaryDirectory } from '../../host/support/temporary.ts';

/** Another user than root is root in a name space of its own. */
const AS_ROOT = process.getuid?.() === 0 ? [] : ['--map-root-user'];

/** A root of its own with the host's /usr copied as far as `sleep` needs it, as a container has. */
const CONTAINER = `set -e; root=$1; mount -t tmpfs container "$root"; cd "$root"
  for file in $(which sleep) $(ldd $(which sleep) | grep -o '/[^ ]*'); do
    mkdir -p ".$(dirname $file)"; cp -L "$file" ".$file"; done
  mkdir -p usr/bin; cp -L $(which sleep) usr/bin/sleep; pivot_root . .; echo ready; exec ./usr/bin/sleep 60`;

let started: ChildProcess | undefined;
afterEach(async () => {
  if (started === undefined) return;
  started.kill('SIGKILL');
  await once(started, 'exit');
  started = undefined;
});

/** The program and library files that are seen of this process. */
async function filesOf(pid: number): Promise<string[]> {
  const { found } = await mappedProcesses('present', () => Promise.resolve([pid]));
  return found.flatMap(({ files }) => files);
}

async function startedAs(program: string, ...args: string[]): Promise<number> {
  started = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (started.stdout !== null) await once(started.stdout, 'data');
  for (let tries = 0; tries < 100; tries += 1) {
    const { stdout } = spawnSync('cat', [`/proc/${started.pid}/comm`], { encoding: 'utf8' });
    if (stdout === 'sleep\n') break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return started.pid ?? 0;
}

describe('mappedProcesses', () => {
  it("tells which processes run the host's files", async () => {
    const pid = await startedAs('sh', '-c', 'echo ready; exec sleep 60');
    expect(await filesOf(pid)).toContainEqual(expect.stringContaining('/libc.so'));
  });

  it('leaves out those of a container, which has files of its own', async () => {
    const root = join(await temporaryDirectory(), 'root');
    await mkdir(root);
    const pid = await startedAs(
      'unshare',
      ...AS_ROOT,
      '--mount',
      'sh',
      '-c',
      CONTAINER,
      'sh',
      root,
    );
    expect(await filesOf(pid)).toEqual([]);
  });

  it("keeps those with mounts of their own but the host's root, as services have", async () => {
    const pid = await startedAs(
      'unshare',
      ...AS_ROOT,
      '--mount',
      'sh',
      '-c',
      'echo ready; exec sleep 60',
    );
    expect(await filesOf(pid)).not.toEqual([]);
  });

  it('keeps those that a service has locked into a part of the host', async () => {
    const root = join(await temporaryDirectory(), 'root');
    await mkdir(root);
    const locked = 'chroot $ARGV[0]; $| = 1; $0 = "sleep"; print "ready"; sleep 60;';
    const pid = await startedAs('unshare', ...AS_ROOT, 'perl', '-e', locked, root);
    expect(await filesOf(pid)).not.toEqual([]);
  });
});
