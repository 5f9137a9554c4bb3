import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readBootIdentity } from '../../src/host/boot-identity.ts';
import { becomeOnlyAgent } from '../../src/host/instance-lock.ts';
import type { HostPaths } from '../../src/host/paths.ts';
import { temporaryPaths } from './support/temporary.ts';

const STARTER = join(import.meta.dirname, 'support/agent-starter.ts');

let paths: HostPaths;
let agents: ChildProcess[];
beforeEach(async () => {
  paths = await temporaryPaths();
  await mkdir(paths.stateDirectory, { mode: 0o700 });
  agents = [];
});
afterEach(async () => {
  await Promise.all(agents.map(end));
});

async function end(agent: ChildProcess): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  agent.kill('SIGKILL');
  await once(agent, 'exit');
}

/** Starts an agent, and answers it with the first that it says. */
async function start(): Promise<{ agent: ChildProcess; said: string }> {
  const agent = spawn(process.execPath, [STARTER, paths.stateDirectory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  agents.push(agent);
  if (agent.stdout === null) throw new Error('it has no output');
  const [chunk] = (await once(agent.stdout, 'data')) as [Buffer];
  return { agent, said: chunk.toString().trim() };
}

describe('the one agent of a state directory', () => {
  it('keeps a second one from starting, which names its pid', async () => {
    const first = await start();
    expect(first.said).toBe('started');
    const second = await start();
    expect(second.said).toMatch(/^HostLocked: /);
    expect(second.said).toContain(`with the pid ${first.agent.pid}`);
  });

  it('is followed by the next once it was killed, and leaves little behind', async () => {
    const directory = join(paths.stateDirectory, 'agent');
    await mkdir(directory);
    for (let number = 1; number <= 40; number += 1) {
      const dead = { pid: 4_000_000, startTicks: '1', boot: await readBootIdentity() };
      await writeFile(join(directory, String(number)), JSON.stringify(dead));
    }
    for (let count = 1; count <= 3; count += 1) {
      const { agent, said } = await start();
      expect(said).toBe('started');
      await end(agent);
    }
    expect(await readdir(directory)).toHaveLength(20);
  });

  it('is exactly one of several that start at once', async () => {
    const words = (await Promise.all(Array.from({ length: 6 }, start))).map(({ said }) => said);
    expect(words.filter((word) => word === 'started')).toHaveLength(1);
    expect(words.filter((word) => word.startsWith('HostLocked'))).toHaveLength(5);
  });

  it('is not one of an earlier boot, nor another process of its pid', async () => {
    await becomeOnlyAgent(paths);
    await becomeOnlyAgent(paths);
    const directory = join(paths.stateDirectory, 'agent');
    const own = JSON.parse(await readFile(join(directory, '1'), 'utf8')) as { boot: object };
    const earlier = { ...own, pid: process.ppid, startTicks: '1' };
    await writeFile(join(directory, '2'), JSON.stringify(earlier));
    await becomeOnlyAgent(paths);
    const elsewhere = { ...own, boot: { ...own.boot, initStartTicks: '4711' } };
    await writeFile(join(directory, '4'), JSON.stringify(elsewhere));
    await becomeOnlyAgent(paths);
    expect(await readdir(directory)).toContain('5');
  });
});
