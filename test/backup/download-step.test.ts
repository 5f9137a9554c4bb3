import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { download } from '../../activities/download.ts';
import { backupNeeds } from '../../src/backup/backup-space.ts';
import { resolveScope } from '../../src/backup/scope.ts';
import { StepFailure } from '../../src/domain/failure.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { planDigest } from '../../src/packages/digest.ts';
import type { SpaceNeed } from '../../src/packages/port.ts';
import { stepContext, stepInput } from '../activities/support/step-bench.ts';
import { testHost } from './support/trees.ts';

const PLAN: Plan = {
  format: 1,
  host: 'web-1',
  manager: 'apt',
  scope: 'all',
  changes: [],
  removals: [],
};
const SUMMARY = { archives: 0, downloadedBytes: 0 };
const INPUT = { ...stepInput(), digest: planDigest(PLAN) };

describe('The step download', () => {
  it('asks for room for the change, its backup and a restore together, once all archives are here', async () => {
    const calls: string[] = [];
    let asked: readonly SpaceNeed[] = [];
    const context = await stepContext({
      download: async () => (calls.push('download'), SUMMARY),
      footprint: async () => (calls.push('footprint'), { trees: [], paths: [], added: [] }),
      requireRoom: async (_changes, _directory, more) => {
        calls.push('room');
        asked = more;
      },
    });
    await context.journal.write('plan', PLAN);
    expect(await download(context, INPUT)).toEqual(SUMMARY);
    expect(calls).toEqual(['download', 'footprint', 'room']);
    expect(asked.map(({ path, what }) => [path, what])).toEqual([
      [context.paths.stateDirectory, 'the backup'],
      ['/usr', 'the files of a restore'],
    ]);
  });

  it('fails where that does not fit', async () => {
    const context = await stepContext({
      download: async () => SUMMARY,
      footprint: async () => ({ trees: [], paths: [], added: [] }),
      requireRoom: () => Promise.reject(new StepFailure('NotEnoughSpace', '', { remedy: '' })),
    });
    await context.journal.write('plan', PLAN);
    await expect(download(context, INPUT)).rejects.toMatchObject({ type: 'NotEnoughSpace' });
  });
});

describe('What a backup and its restore need', () => {
  it('is everything once for the backup, and the files of packages once more', async () => {
    const host = testHost({
      '/usr/bin/tool': randomBytes(5_000_000),
      '/etc/big': randomBytes(3_000_000),
    });
    const scope = await resolveScope(host.root, {
      footprint: { trees: ['/etc'], paths: ['/usr/bin/tool'], added: [] },
      policyPaths: [],
      excluded: [],
    });
    const [backup, staged] = await backupNeeds(host.root, scope, '/var/lib/patchcycle');
    expect(Math.round((backup?.bytes ?? 0) / 1_000_000)).toBe(8);
    expect(Math.round((staged?.bytes ?? 0) / 1_000_000)).toBe(5);
  });
});
