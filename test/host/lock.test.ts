import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { acquireLock, lockHolder, releaseLock, requireLock } from '../../src/host/lock.ts';
import { cycleDirectory, type HostPaths } from '../../src/host/paths.ts';
import { temporaryPaths } from './support/temporary.ts';

const TAKER = join(import.meta.dirname, 'support/lock-taker.ts');

let paths: HostPaths;
beforeEach(async () => {
  paths = await temporaryPaths();
  await mkdir(paths.stateDirectory, { mode: 0o700 });
});

function cycle(number: number): string {
  return `20261124t184300z-${number.toString(16).padStart(8, '0')}`;
}

function request(number: number, takeOver?: string) {
  return {
    cycle: cycle(number),
    namespace: 'default',
    workflowId: `patch/host-${number}`,
    requestedBy: 'alice',
    takeOver,
  };
}

describe('the lock of a host', () => {
  it('is free at first', async () => {
    expect(await lockHolder(paths)).toBeNull();
  });

  it('tells who has it and since when', async () => {
    const now = new Date('2026-11-24T18:43:00.000Z');
    await acquireLock(paths, request(1), () => now);
    expect(await lockHolder(paths)).toEqual({
      cycle: cycle(1),
      namespace: 'default',
      workflowId: 'patch/host-1',
      requestedBy: 'alice',
      since: '2026-11-24T18:43:00.000Z',
    });
  });

  it('is given to the same cycle again, with its first time', async () => {
    const first = await acquireLock(paths, request(1));
    expect(await acquireLock(paths, request(1))).toEqual(first);
    expect(await readdir(join(paths.stateDirectory, 'lock'))).toEqual(['1']);
  });

  it('is not given to a cycle that has written its report, because its backup is still there', async () => {
    await acquireLock(paths, request(1));
    const directory = cycleDirectory(paths, cycle(1));
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'report.json'), '{}');
    await releaseLock(paths, cycle(1));
    await expect(acquireLock(paths, request(1))).rejects.toMatchObject({
      type: 'HostRefuses',
      message: expect.stringContaining('does not begin again'),
    });
  });

  it('is refused to another cycle in words that name the first and what to do', async () => {
    await acquireLock(paths, request(1));
    const refused = await acquireLock(paths, request(2)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ type: 'HostLocked', retryable: false });
    expect(String(refused)).toContain(cycle(1));
    expect(String(refused)).toContain('workflow patch/host-1 in namespace default');
    expect(refused).toHaveProperty(
      'details.remedy',
      expect.stringContaining(`--take-over ${cycle(1)}`),
    );
  });

  it('is free again after its release, which others cannot make', async () => {
    await acquireLock(paths, request(1));
    await releaseLock(paths, cycle(2));
    expect((await lockHolder(paths))?.cycle).toBe(cycle(1));
    await releaseLock(paths, cycle(1));
    await releaseLock(paths, cycle(1));
    expect(await lockHolder(paths)).toBeNull();
    expect((await acquireLock(paths, request(2))).cycle).toBe(cycle(2));
  });

  it('is taken over from exactly the cycle that was named', async () => {
    await acquireLock(paths, request(1));
    await expect(acquireLock(paths, request(3, cycle(2)))).rejects.toMatchObject({
      type: 'HostLocked',
      message: expect.stringContaining(`${cycle(2)}, which was to be taken over, does not have it`),
    });
    expect(await acquireLock(paths, request(3, cycle(1)))).toMatchObject({
      cycle: cycle(3),
      tookOver: cycle(1),
    });
  });

  it('is taken over from a cycle that has written its report and could not give it back', async () => {
    await acquireLock(paths, request(1));
    await expect(acquireLock(paths, request(2))).rejects.toMatchObject({ type: 'HostLocked' });
    await mkdir(cycleDirectory(paths, cycle(1)), { recursive: true });
    await writeFile(join(cycleDirectory(paths, cycle(1)), 'report.json'), '{}');
    expect(await acquireLock(paths, request(2))).toMatchObject({
      cycle: cycle(2),
      tookOver: cycle(1),
    });
  });

  it('is taken over from a cycle that is known to have ended, and from no other', async () => {
    const held = await acquireLock(paths, { ...request(1), runId: 'a-run' });
    const asked: unknown[] = [];
    const answering = (answer: boolean) => async (holder: unknown) => {
      asked.push(holder);
      return answer;
    };
    await expect(
      acquireLock(paths, { ...request(2), hasEnded: answering(false) }),
    ).rejects.toMatchObject({
      type: 'HostLocked',
      message: expect.stringContaining('workflow patch/host-1 in namespace default, run a-run'),
    });
    const next = await acquireLock(paths, { ...request(2), hasEnded: answering(true) });
    expect(next).toMatchObject({ cycle: cycle(2), tookOver: cycle(1) });
    expect(asked).toEqual([held, held]);
    expect(await lockHolder(paths)).toEqual(next);
  });

  it('is not harmed by a dead cycle that releases it after all', async () => {
    await acquireLock(paths, request(1));
    await acquireLock(paths, request(2, cycle(1)));
    await releaseLock(paths, cycle(1));
    expect((await lockHolder(paths))?.cycle).toBe(cycle(2));
    await expect(requireLock(paths, cycle(1))).rejects.toMatchObject({ type: 'HostLocked' });
    await expect(requireLock(paths, cycle(2))).resolves.toMatchObject({ cycle: cycle(2) });
  });

  it('keeps no more than a few of its past holders', async () => {
    for (let number = 1; number <= 60; number += 1) {
      await acquireLock(paths, request(number));
      await releaseLock(paths, cycle(number));
    }
    expect((await readdir(join(paths.stateDirectory, 'lock'))).length).toBeLessThanOrEqual(40);
    expect(await lockHolder(paths)).toBeNull();
  });

  it('is got by exactly one of 50 that want it at the same moment', async () => {
    const wanted = Array.from({ length: 50 }, (_, number) => acquireLock(paths, request(number)));
    const settled = await Promise.allSettled(wanted);
    const got = settled.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value.cycle] : [],
    );
    expect(got).toEqual([(await lockHolder(paths))?.cycle]);
    for (const result of settled) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ type: 'HostLocked' });
    }
  });

  it('is taken over by exactly one of 50 that all name the dead cycle', async () => {
    await acquireLock(paths, request(99));
    const wanted = Array.from({ length: 50 }, (_, number) =>
      acquireLock(paths, request(number, cycle(99))),
    );
    const settled = await Promise.allSettled(wanted);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('never has two holders while many take it and give it back', async () => {
    let holders = 0;
    let turns = 0;
    const worker = async (number: number) => {
      for (let turn = 0; turn < 200; turn += 1) {
        const got = await acquireLock(paths, request(number)).then(
          () => true,
          () => false,
        );
        if (!got) continue;
        holders += 1;
        expect(holders).toBe(1);
        turns += 1;
        await Promise.resolve();
        holders -= 1;
        await releaseLock(paths, cycle(number));
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, number) => worker(number)));
    expect(turns).toBeGreaterThan(10);
  });

  it('is got by exactly one of several processes', async () => {
    const run = promisify(execFile);
    const takers = Array.from({ length: 8 }, (_, number) =>
      run(process.execPath, [TAKER, paths.stateDirectory, cycle(number)]),
    );
    const words = (await Promise.all(takers)).map(({ stdout }) => stdout.trim());
    expect(words.filter((word) => word === 'taken')).toHaveLength(1);
    expect(words.filter((word) => word === 'HostLocked')).toHaveLength(7);
  });
});
