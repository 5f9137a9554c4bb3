import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { isAlive, listProcesses, parseStat, readProcess } from '../../src/host/process-table.ts';

describe('parseStat', () => {
  it('takes a name with spaces and brackets as it is', () => {
    const line =
      '4711 (evil) S 1 (x)) R 10 4700 4600 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 987654 0 0 0';
    expect(parseStat(line)).toEqual({
      pid: 4711,
      name: 'evil) S 1 (x)',
      state: 'R',
      parentPid: 10,
      sessionId: 4600,
      startTicks: '987654',
    });
  });

  it('refuses what is no such line', () => {
    expect(() => parseStat('nonsense')).toThrow('proc_pid_stat(5)');
  });
});

describe('a process', () => {
  it('is found with its parent, and is gone when it has ended', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const entry = await readProcess(child.pid ?? 0);
    expect(entry).toMatchObject({ name: 'sleep', parentPid: process.pid });
    expect((await listProcesses()).map(({ pid }) => pid)).toContain(child.pid);
    expect(await isAlive(entry!)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isAlive(entry!)).toBe(false);
  });

  it('is not mistaken for another one that got the same number', async () => {
    const own = await readProcess(process.pid);
    expect(await isAlive({ pid: process.pid, startTicks: own!.startTicks })).toBe(true);
    expect(await isAlive({ pid: process.pid, startTicks: '1' })).toBe(false);
  });
});
