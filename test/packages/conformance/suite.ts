import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeDownloading } from './downloading.ts';
import { describeHostState } from './host-state.ts';
import { describeInstalling } from './installing.ts';
import { describeInterruptions } from './interruptions.ts';
import type { ConformanceLab } from './lab.ts';
import { describePlanning } from './planning.ts';
import { describeRefreshing } from './refreshing.ts';

/**
 * What every implementation of the port PackageManager has to do, asked of the real tools on a lab
 * host. `setUp` makes the host with its two repositories; the packages come from the tests.
 */
export function describePackageManager(name: string, setUp: () => Promise<ConformanceLab>): void {
  describe(`The package manager ${name}`, () => {
    let lab: ConformanceLab | undefined;
    const theLab = (): ConformanceLab => {
      if (lab === undefined) throw new Error('the lab is not set up');
      return lab;
    };
    beforeAll(async () => {
      lab = await setUp();
    });
    afterAll(async () => {
      await lab?.remove();
    });

    describeRefreshing(theLab);
    describePlanning(theLab);
    describeDownloading(theLab);
    describeInstalling(theLab);
    describeHostState(theLab);
    describeInterruptions(theLab);
  });
}
