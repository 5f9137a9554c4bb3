import { describe, expect, it } from '@jest/globals';
import { cycleIdOf } from '../../src/domain/cycle-id.ts';
import { CycleId } from '../../src/domain/names.ts';
import { runKey, runKeyOf } from '../../src/store/report-name.ts';

const BEGAN = new Date('2026-11-24T18:43:00.123Z');

describe('the name of a cycle', () => {
  it("has the second in which it began, and what is the run's own", () => {
    const cycle = cycleIdOf(BEGAN, '01a220c9-db91-7d94-a315-9519cb964262');
    expect(cycle).toBe('20261124t184300z-cb964262');
    expect(CycleId.parse(cycle)).toBe(cycle);
  });

  it('tells runs of the same minute from each other, whose identities begin alike', () => {
    const runs = ['01a220c9-db91-7d94-a315-9519cb964262', '01a220c9-e7b9-712a-a312-0db3194fd7ee'];
    const cycles = runs.map((run) => cycleIdOf(BEGAN, run));
    expect(new Set(cycles).size).toBe(2);
    expect(cycles.map((cycle) => runKey({ host: 'web-1', cycle }))).toEqual(
      runs.map((run) => runKeyOf('web-1', run)),
    );
  });
});
