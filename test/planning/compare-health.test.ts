import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HealthSnapshot, ProbeResult } from '../../src/domain/health.ts';
import { compareHealth } from '../../src/planning/compare-health.ts';

function snapshot(more: Partial<HealthSnapshot> = {}): HealthSnapshot {
  return {
    takenAt: '2026-11-24T18:43:00.000Z',
    activeServices: ['nginx', 'ssh'],
    failedUnits: [],
    probes: [],
    ...more,
  };
}

function probe(medianMs: number | null, more: Partial<ProbeResult> = {}): ProbeResult {
  return {
    probe: 'http http://127.0.0.1/',
    ok: medianMs !== null,
    detail: medianMs === null ? 'refuses' : 'answers',
    medianMs,
    ...more,
  };
}

const worse = (before: HealthSnapshot, after: HealthSnapshot, slowerBy = 3): string[] =>
  compareHealth(before, after, { slowerBy })
    .filter(({ ok }) => !ok)
    .map(({ name, detail }) => `${name}: ${detail}`);

describe('a host compared with its baseline', () => {
  it('is as healthy as itself', () => {
    fc.assert(
      fc.property(
        fc.record({
          takenAt: fc.constant('2026-11-24T18:43:00.000Z'),
          activeServices: fc.uniqueArray(fc.string()),
          failedUnits: fc.uniqueArray(fc.string()),
          probes: fc.uniqueArray(
            fc.record({
              probe: fc.string(),
              ok: fc.boolean(),
              detail: fc.string({ maxLength: 300 }),
              medianMs: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
            }),
            { selector: ({ probe: name }) => name },
          ),
        }),
        (same) => worse(same, same, 1).length === 0,
      ),
    );
  });

  it('is worse for every service that ran and does not', () => {
    expect(worse(snapshot(), snapshot({ activeServices: ['ssh', 'new'] }))).toEqual([
      'service nginx: ran before the change and does not run now',
    ]);
  });

  it('is worse for every unit that has failed newly, and names a failed service once', () => {
    expect(
      worse(
        snapshot({ failedUnits: ['old.service'] }),
        snapshot({
          activeServices: ['ssh'],
          failedUnits: ['old.service', 'nginx.service', 'backup.timer'],
        }),
      ),
    ).toEqual([
      'service nginx: ran before the change and does not run now; it has failed',
      'unit backup.timer: has failed, and had not before the change',
    ]);
  });

  it('is worse for a probe that answered and does not, and for one that was not asked any more', () => {
    expect(worse(snapshot({ probes: [probe(1)] }), snapshot({ probes: [probe(null)] }))).toEqual([
      'http http://127.0.0.1/: answered before the change; now: refuses',
    ]);
    expect(worse(snapshot({ probes: [probe(1)] }), snapshot())).toHaveLength(1);
  });

  it('is not worse for a probe that failed before as well', () => {
    const [, , check] = compareHealth(
      snapshot({ probes: [probe(null)] }),
      snapshot({ probes: [probe(null)] }),
      { slowerBy: 3 },
    );
    expect(check).toEqual({
      name: 'http http://127.0.0.1/',
      ok: true,
      detail: 'failed before the change as well: refuses',
    });
  });

  it('is worse for a probe that is slower than the multiple of its baseline and 50 ms', () => {
    const slow = (beforeMs: number, afterMs: number): string[] =>
      worse(snapshot({ probes: [probe(beforeMs)] }), snapshot({ probes: [probe(afterMs)] }));
    expect(slow(0.2, 50.6)).toEqual([]);
    expect(slow(0.2, 50.7)).toEqual([
      'http http://127.0.0.1/: answers too slowly: 51 ms, baseline 0.2 ms, allowed 51 ms',
    ]);
    expect(slow(100, 350)).toEqual([]);
    expect(slow(100, 351)).toHaveLength(1);
  });

  it('tells what is good in sentences too', () => {
    expect(
      compareHealth(snapshot({ probes: [probe(2)] }), snapshot({ probes: [probe(3)] }), {
        slowerBy: 3,
      }),
    ).toEqual([
      { name: 'services', ok: true, detail: 'all 2 services that ran before run now' },
      { name: 'units', ok: true, detail: 'none has failed' },
      { name: 'http http://127.0.0.1/', ok: true, detail: 'answers in 3.0 ms, baseline 2.0 ms' },
    ]);
  });
});
