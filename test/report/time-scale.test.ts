import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StepRecord } from '../../src/domain/report.ts';
import { timeScale } from '../../src/report/time-scale.ts';

const END = '2026-11-25T00:00:00.000Z';

function step(name: string, fromSecond: number, toSecond: number | null): StepRecord {
  const time = (second: number): string =>
    new Date(Date.parse('2026-11-24T00:00:00Z') + second * 1_000).toISOString();
  return {
    step: name,
    startedAt: time(fromSecond),
    endedAt: toSecond === null ? null : time(toSecond),
    status: 'done',
    summary: '',
  };
}

describe('the time line of a report', () => {
  it('gives work its share of the width', () => {
    expect(timeScale([step('plan', 0, 10), step('backup', 10, 40)], END)).toEqual([
      { leftPercent: 0, widthPercent: 25 },
      { leftPercent: 25, widthPercent: 75 },
    ]);
  });

  it('draws hours of waiting shorter than the work', () => {
    const [, wait, backup] = timeScale(
      [step('plan', 0, 10), step('approval', 10, 36_000), step('backup', 36_000, 36_010)],
      END,
    );
    expect(wait?.widthPercent).toBeCloseTo((100 * 3) / 23);
    expect(backup?.widthPercent).toBeCloseTo((100 * 10) / 23);
  });

  it('draws hours in which nothing ran, while a person was needed, shorter too', () => {
    const [, restore] = timeScale([step('verify', 0, 10), step('restore', 36_000, 36_010)], END);
    expect(restore?.leftPercent).toBeCloseTo((100 * 13) / 23);
  });

  it('draws a step that is still running to the end', () => {
    expect(timeScale([step('plan', 0, null)], '2026-11-24T00:00:10.000Z')).toEqual([
      { leftPercent: 0, widthPercent: 100 },
    ]);
  });

  it('is empty without steps', () => {
    expect(timeScale([], END)).toEqual([]);
  });

  it('keeps every step within the picture and in its order, whatever the times', () => {
    const steps = fc.array(
      fc
        .tuple(
          fc.constantFrom('plan', 'approval', 'window', 'upgrade'),
          fc.nat(100_000),
          fc.option(fc.nat(100_000)),
        )
        .map(([name, from, length]) => step(name, from, length === null ? null : from + length)),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(steps, (records) => {
        const bars = timeScale(records, END);
        for (const [index, { leftPercent, widthPercent }] of bars.entries()) {
          expect(leftPercent).toBeGreaterThanOrEqual(0);
          expect(widthPercent).toBeGreaterThanOrEqual(0);
          expect(leftPercent + widthPercent).toBeLessThanOrEqual(100.000_1);
          const other = records.findIndex(
            ({ startedAt }) => startedAt > (records[index]?.startedAt ?? ''),
          );
          if (other >= 0) expect(bars[other]?.leftPercent).toBeGreaterThanOrEqual(leftPercent);
        }
      }),
    );
  });
});
