import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { forgetPastCycles } from '../../src/host/past-cycles.ts';
import { backupDirectory, cycleDirectory } from '../../src/host/paths.ts';
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
