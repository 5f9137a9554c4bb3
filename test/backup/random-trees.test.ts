import { describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { backUp, prove, putBack, testHost } from './support/trees.ts';
import { applyOperations, operations } from './support/random-trees.ts';

describe('Whatever a tree was and whatever a change makes of it', () => {
  it('a restore makes it identical again, and a second one finds nothing to do', async () => {
    await fc.assert(
      fc.asyncProperty(operations(30), operations(40), async (first, second) => {
        const host = testHost({ '/covered/': '', '/outside/kept': 'kept' });
        applyOperations(host.at('/covered'), first);
        const record = await backUp(host);
        expect((await prove(host, record)).differences).toEqual([]);
        applyOperations(host.at('/covered'), second);
        await putBack(host, record);
        const proof = await prove(host, record);
        expect(proof).toMatchObject({ exact: true, differences: [], writtenAgain: [] });
        expect(await putBack(host, record)).toEqual({ restored: 0, deleted: 0 });
        rmSync(host.at('/'), { recursive: true });
        rmSync(host.backup, { recursive: true });
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});
