import { describe, expect, it } from '@jest/globals';
import { judgeLogs, type ObservedKind } from '../../src/planning/log-verdict.ts';

function kind(signature: string, more: Partial<ObservedKind> = {}): ObservedKind {
  return {
    signature,
    source: 'the journal of app.service',
    count: 1,
    firstLine: `${signature} 12`,
    severe: false,
    ...more,
  };
}

const known = new Set(['old']);

describe('the verdict over the logs', () => {
  it('is good when nothing is logged, or only what was known', () => {
    expect(judgeLogs({ known, duringChange: [], duringSoak: [] })).toEqual({
      newKinds: [],
      knownKinds: [],
      passingKinds: [],
      beyondDoubt: false,
      findings: [],
    });
    const verdict = judgeLogs({
      known,
      duringChange: [kind('old')],
      duringSoak: [kind('old', { count: 2 })],
    });
    expect(verdict.findings).toEqual([]);
    expect(verdict.knownKinds).toMatchObject([{ signature: 'old', count: 3 }]);
  });

  it('is bad from the first line of a new kind during the soak', () => {
    const verdict = judgeLogs({ known, duringChange: [], duringSoak: [kind('new')] });
    expect(verdict.findings).toEqual([
      'new kind of error in the journal of app.service, once: new 12',
    ]);
    expect(verdict.beyondDoubt).toBe(false);
  });

  it('is beyond doubt when a new kind comes three times', () => {
    expect(
      judgeLogs({ known, duringChange: [], duringSoak: [kind('new', { count: 2 })] }).beyondDoubt,
    ).toBe(false);
    expect(
      judgeLogs({ known, duringChange: [], duringSoak: [kind('new', { count: 3 })] }).beyondDoubt,
    ).toBe(true);
  });

  it('forgives a new kind that came only while services restarted, and tells of it', () => {
    const verdict = judgeLogs({
      known,
      duringChange: [kind('new', { count: 100 })],
      duringSoak: [],
    });
    expect(verdict).toMatchObject({ findings: [], newKinds: [], beyondDoubt: false });
    expect(verdict.passingKinds).toMatchObject([{ signature: 'new', count: 100 }]);
  });

  it('does not forgive a kind that came during the change and comes again, nor takes its count for proof', () => {
    const verdict = judgeLogs({
      known,
      duringChange: [kind('new', { count: 100 })],
      duringSoak: [kind('new')],
    });
    expect(verdict.findings).toEqual([
      'new kind of error in the journal of app.service, 101 times: new 12',
    ]);
    expect(verdict.beyondDoubt).toBe(false);
  });

  it('does not forgive a crash, whenever it happened, and needs no more than one', () => {
    const verdict = judgeLogs({
      known,
      duringChange: [kind('crash', { severe: true })],
      duringSoak: [],
    });
    expect(verdict).toMatchObject({ beyondDoubt: true, newKinds: [{ signature: 'crash' }] });
  });

  it('forgives a crash that the host had before', () => {
    expect(
      judgeLogs({ known, duringChange: [], duringSoak: [kind('old', { severe: true })] }),
    ).toMatchObject({ beyondDoubt: false, findings: [] });
  });

  it('lists at most fifty kinds, the most frequent first', () => {
    const many = Array.from({ length: 80 }, (_, index) => kind(`new ${index}`, { count: index }));
    const verdict = judgeLogs({ known, duringChange: [], duringSoak: many });
    expect(verdict.newKinds).toHaveLength(50);
    expect(verdict.newKinds[0]).toMatchObject({ signature: 'new 79' });
    expect(verdict.findings).toHaveLength(50);
  });
});
