import { describe, expect, it } from '@jest/globals';
import type { StepRecord } from '../../src/domain/report.ts';
import type { StepName } from '../../src/domain/steps.ts';
import { keepStep } from '../../src/planning/timeline.ts';

const AT = '2026-11-28T00:00:00.000Z';
const stepOf = (step: StepName): StepRecord => ({
  ...{ step, startedAt: AT, endedAt: AT, status: 'done', summary: '' },
});

describe('the timeline of a cycle that waited for its slot for months', () => {
  const steps: StepRecord[] = [];
  keepStep(steps, stepOf('inspect'));
  for (let night = 0; night < 100; night++) {
    for (const step of ['refresh', 'plan', 'window', 'slot'] as const)
      keepStep(steps, stepOf(step));
  }
  for (const step of ['upgrade', 'verify', 'report'] as const) keepStep(steps, stepOf(step));

  it('has as many steps as a report may have', () => {
    expect(steps).toHaveLength(200);
  });

  it('tells how it began, and what was done to the host in the end', () => {
    expect(steps[0]?.step).toBe('inspect');
    expect(steps.slice(-3).map(({ step }) => step)).toEqual(['upgrade', 'verify', 'report']);
  });
});
