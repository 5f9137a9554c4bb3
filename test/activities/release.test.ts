import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { release } from '../../activities/release.ts';
import { archivesOf } from '../../src/host/paths.ts';
import { CYCLE, stepContext, stepInput } from './support/step-bench.ts';

const ANOTHER = '20261123t184300z-0f0f0f0f';

describe('release', () => {
  it('deletes what this cycle downloaded, in every ending, and nothing of another', async () => {
    const context = await stepContext();
    for (const cycle of [CYCLE, ANOTHER]) {
      const archives = archivesOf(context.paths, cycle);
      await mkdir(archives, { recursive: true });
      await writeFile(join(archives, 'bash_5.2_amd64.deb'), 'an archive');
    }
    await release(context, stepInput());
    expect(await readdir(context.paths.archiveDirectory)).toEqual([ANOTHER]);
  });

  it('may run twice, and where nothing was downloaded', async () => {
    const context = await stepContext();
    await release(context, stepInput());
    await expect(release(context, stepInput())).resolves.toBeUndefined();
  });
});
