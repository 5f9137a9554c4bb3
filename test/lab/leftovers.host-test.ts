import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareLab } from '../../src/lab/prepare.ts';
import { groupsNamed, processesOf } from './traces.ts';

const HOST_MODULE = join(import.meta.dirname, '../../src/lab/host.ts');

/** A host needs a fraction of a second to shut down; a machine under load some seconds. */
const SHUT_DOWN_ATTEMPTS = 300;

type Orphan = { directory: string; leaderPid: number; killOwner(): Promise<void> };

beforeAll(async () => prepareLab(() => undefined));

/** Another process that starts a host, says where it lies, and waits to be killed. */
async function startOrphan(): Promise<Orphan> {
  const program = `
    const { startLabHost } = await import(process.argv[1]);
    const host = await startLabHost({ name: 'orphan', archives: [] });
    console.log(host.root, host.leaderPid);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '--eval', program, HOST_MODULE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const [root = '', leaderPid = ''] = String(line).trim().split(' ');
  return {
    directory: dirname(root),
    leaderPid: Number(leaderPid),
    async killOwner() {
      owner.kill('SIGKILL');
      await once(owner, 'exit');
    },
  };
}

async function expectSwept({ directory }: Orphan): Promise<void> {
  const lines: string[] = [];
  await prepareLab((line) => lines.push(line));
  const name = basename(directory);
  expect(lines).toContain(`removed ${name}, which an earlier run had left behind`);
  expect(processesOf(name)).toEqual([]);
  expect(groupsNamed(name)).toEqual([]);
  expect(existsSync(directory)).toBe(false);
}

describe('A lab host whose owner is killed', () => {
  it('shuts down with it, and the next run removes what is left', async () => {
    const orphan = await startOrphan();
    const name = basename(orphan.directory);
    expect(processesOf(name)).toContain(orphan.leaderPid);
    await orphan.killOwner();
    for (let attempt = 0; attempt < SHUT_DOWN_ATTEMPTS && processesOf(name).length > 0; attempt++) {
      await sleep(50);
    }
    expect(processesOf(name)).toEqual([]);
    expect(existsSync(orphan.directory)).toBe(true);
    await expectSwept(orphan);
  });

  it('is ended and removed by the next run when it goes on running', async () => {
    const orphan = await startOrphan();
    const nspawn = /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${orphan.leaderPid}/status`, 'utf8'));
    process.kill(Number(nspawn?.[1]), 'SIGSTOP');
    await orphan.killOwner();
    expect(processesOf(basename(orphan.directory))).toContain(orphan.leaderPid);
    await expectSwept(orphan);
  });
});
