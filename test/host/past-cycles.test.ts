import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { acquireLock } from '../../src/host/lock.ts';
import { forgetPastCycles } from '../../src/host/past-cycles.ts';
import { archivesOf, backupDirectory, cycleDirectory } from '../../src/host/paths.ts';
import { temporaryPaths } from './support/temporary.ts';

/** The cycle of the 1st, 2nd, ... of November. */
function cycle(day: number): string {
  return `202611${String(day).padStart(2, '0')}t184300z-1a2b3c4d`;
}

describe('forgetPastCycles', () => {
  it('keeps the newest, every one that has a backup, and its own', async () => {
    const paths = await temporaryPaths();
    for (let day = 1; day <= 6; day += 1) {
      await mkdir(cycleDirectory(paths, cycle(day)), { recursive: true });
    }
    await mkdir(backupDirectory(paths, cycle(2)));
    expect(await forgetPastCycles(paths, cycle(1), 3)).toEqual([cycle(3)]);
    const left = await readdir(join(paths.stateDirectory, 'cycles'));
    expect(left.toSorted()).toEqual([1, 2, 4, 5, 6].map(cycle));
    expect(await forgetPastCycles(paths, cycle(1), 3)).toEqual([]);
  });

  it('deletes downloads that no cycle needs any more, and those of no other', async () => {
    const paths = await temporaryPaths();
    const long = new Date(Date.now() - 8 * 86_400_000);
    const make = async (day: number, entry: string | null, age?: Date) => {
      await mkdir(join(archivesOf(paths, cycle(day)), 'incoming'), { recursive: true });
      await mkdir(cycleDirectory(paths, cycle(day)), { recursive: true });
      const directory = cycleDirectory(paths, cycle(day));
      if (entry !== null) await writeFile(join(directory, entry), '{}');
      if (age !== undefined) await utimes(directory, age, age);
    };
    await make(1, 'report.json');
    await make(2, 'plan.json', long);
    await make(3, 'plan.json');
    await make(4, 'drain.json', long);
    await make(5, 'baseline.json', long);
    await make(6, 'plan.json', long);
    await make(7, 'report.json');
    await mkdir(archivesOf(paths, cycle(8)));
    await symlink(paths.stateDirectory, archivesOf(paths, cycle(9)));
    await mkdir(join(paths.archiveDirectory, 'notes'));
    const lock = { namespace: 'default', workflowId: 'patch/web-1', requestedBy: 'alice' };
    await acquireLock(paths, { cycle: cycle(6), ...lock });

    await forgetPastCycles(paths, cycle(7));
    const left = await readdir(paths.archiveDirectory);
    expect(left.toSorted()).toEqual([...[3, 4, 5, 6, 7, 9].map(cycle), 'notes']);
    expect(await readdir(paths.stateDirectory)).toEqual(['cycles', 'lock']);
  });

  it('touches nothing that is not named as a cycle, and no link', async () => {
    const paths = await temporaryPaths();
    const cycles = join(paths.stateDirectory, 'cycles');
    await mkdir(join(cycles, 'notes'), { recursive: true });
    await symlink(paths.stateDirectory, join(cycles, cycle(1)));
    expect(await forgetPastCycles(paths, cycle(9), 0)).toEqual([]);
    expect(await readdir(cycles)).toHaveLength(2);
  });

  it('has nothing to do on a host that was never patched', async () => {
    expect(await forgetPastCycles(await temporaryPaths(), cycle(1))).toEqual([]);
  });
});
