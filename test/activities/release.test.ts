import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { StepContext } from '../../activities/context.ts';
import { release } from '../../activities/release.ts';
import { acquireLock, lockHolder } from '../../src/host/lock.ts';
import { openJournal } from '../../src/host/journal.ts';
import { archivesOf, cycleDirectory } from '../../src/host/paths.ts';
import type { PackageManager } from '../../src/packages/port.ts';
import { CYCLE, stepContext, stepInput } from './support/step-bench.ts';

async function drained(updaters: Partial<PackageManager>): Promise<StepContext> {
  const context = await stepContext(updaters);
  const { cycle, workflow } = stepInput();
  await acquireLock(context.paths, { cycle, ...workflow, requestedBy: 'ada' });
  const record = { phase: 'draining', hook: null, updaters: ['apt-daily.timer'] };
  await context.journal.write('drain', record);
  return context;
}

const ANOTHER = '20261123t184300z-0f0f0f0f';

describe('release', () => {
  it('deletes what this cycle downloaded, in every ending, and nothing of another', async () => {
    const context = await stepContext();
    for (const cycle of [CYCLE, ANOTHER]) {
      const archives = archivesOf(context.paths, cycle);
      await mkdir(archives, { recursive: true });
      await writeFile(join(archives, 'bash_5.2_amd64.deb'), 'an archive');
    }
    // The other one is in mid-change.
    const another = await openJournal(cycleDirectory(context.paths, ANOTHER));
    await another.write('baseline', {});
    await release(context, stepInput());
    expect(await readdir(context.paths.archiveDirectory)).toEqual([ANOTHER]);
  });

  it('undrains a host that was taken over drained and needed no change', async () => {
    const resumed: string[] = [];
    const context = await drained({
      resumeUpdaters: async (names) => void resumed.push(...names),
    });
    await release(context, stepInput());
    await release(context, stepInput());
    expect(resumed).toEqual(['apt-daily.timer']);
  });

  it('gives the lock back even when the host cannot be undrained, and says so', async () => {
    const context = await drained({
      resumeUpdaters: () => Promise.reject(new Error('systemctl failed')),
    });
    await expect(release(context, stepInput())).rejects.toThrow('systemctl failed');
    expect(await lockHolder(context.paths)).toBeNull();
  });

  it('may run twice, and where nothing was downloaded', async () => {
    const context = await stepContext();
    await release(context, stepInput());
    await expect(release(context, stepInput())).resolves.toBeUndefined();
  });
});
