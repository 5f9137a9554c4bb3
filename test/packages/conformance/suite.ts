import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeDownloading } from './downloading.ts';
import { describeHostState } from './host-state.ts';
import { describeInstalling } from './installing.ts';
import { describeInterruptions } from './interruptions.ts';
import type { Family } from './family.ts';
import type { ConformanceLab, TheLab } from './lab.ts';
import { describePlanning } from './planning.ts';
import { describeRefreshing } from './refreshing.ts';
import { setUpLab } from './set-up.ts';

/**
 * What every implementation of the port PackageManager has to do, asked of the real tools on a lab
 * host of the family. `describeMore` adds the sentences that are true of this family alone.
 */
export function describePackageManager(
  family: Family,
  describeMore: (theLab: TheLab) => void,
): void {
  describe(`The package manager ${family.name}`, () => {
    let lab: ConformanceLab | undefined;
    const theLab = (): ConformanceLab => {
      if (lab === undefined) throw new Error('the lab is not set up');
      return lab;
    };
    beforeAll(async () => {
      lab = await setUpLab(family);
    });
    afterAll(async () => {
      await lab?.remove();
    });

    describeRefreshing(family, theLab);
    describePlanning(family, theLab);
    describeDownloading(theLab);
    describeInstalling(family, theLab);
    describeHostState(family, theLab);
    describeInterruptions(family, theLab);
    describeMore(theLab);
  });
}
