import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  inputFor,
  openCycleBench,
  policyOf,
  type CycleBench,
} from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { withFleet } from '../workflows/support/fleet.ts';
import { modelHost } from '../workflows/support/model-host.ts';
import { documentOf, run, type Ran } from './support/memory-io.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment(), { remembersBad: true });
});
afterAll(() => bench.stop());

const cli = (...argv: string[]): Promise<Ran> => run([...argv, '--address', bench.env.address]);

describe('patchcycle known-bad', () => {
  it('lists nothing where no host was ever restored', async () => {
    expect(await cli('known-bad')).toMatchObject({
      exitCode: 0,
      stdout: 'No version is known to be bad.\n',
    });
    const cleared = await cli('known-bad', 'clear', 'alpha', '2.0', '--why', 'x');
    expect(cleared).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/Nothing bad/) });
  });

  it('lists a version with the hosts that were restored, until somebody clears it and says why', async () => {
    const sick = modelHost([{ step: 'verify', kind: 'throws-for-good', type: 'HealthWorse' }]);
    sick.offer.changes = 1;
    await withFleet(bench, { 'sick-1': sick }, async () => {
      await (await bench.start(inputFor('sick-1', policyOf()))).result();
      const { stdout } = await cli('known-bad');
      expect(stdout).toMatch(/alpha\s+2\.0\s+bad, left out of plans\s+sick-1/);

      const noReason = await cli('known-bad', 'clear', 'alpha', '2.0');
      expect(noReason).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/--why/) });
      const words = ['--why', 'the disk was full', '--by', 'Ada'];
      expect((await cli('known-bad', 'clear', 'alpha', '2.0', ...words)).exitCode).toBe(0);
      expect((await cli('known-bad')).stdout).toMatch(/No version/);
      expect(documentOf(await cli('known-bad', '--all', '--json'))).toMatchObject({
        versions: [
          { package: 'alpha', bad: false, cleared: { by: 'Ada', why: 'the disk was full' } },
        ],
      });
      const again = await cli('known-bad', 'clear', 'alpha', '2.0', ...words);
      expect(again).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/nothing bad is known/),
      });
    });
  });
});
