import { describe, expect, it } from '@jest/globals';
import { parseDemoArguments } from '../../../src/lab/demo/arguments.ts';
import { Cleanups } from '../../../src/lab/demo/cleanups.ts';
import { asExpected, summaryText, type SummaryRow } from '../../../src/lab/demo/summary.ts';
import { lookOf } from '../../../src/cli/paint.ts';

const LOOK = lookOf({ write: () => undefined }, {});

function row(host: string, outcome: string, expected: string): SummaryRow {
  const numbers = { packages: 24, security: 24, cves: 31, reboots: 1, seconds: 65 };
  const proof = outcome === 'restored' ? 'proven identical' : null;
  return { host, outcome, expected, ...numbers, proof, report: `/x/${host}.html`, link: null };
}

describe("the demonstration's arguments", () => {
  it('are off unless they are given', () => {
    expect(parseDemoArguments([])).toEqual({
      ...{ fleet: false, yes: false, keep: false, json: false, help: false },
    });
    expect(parseDemoArguments(['--yes', '--keep'])).toMatchObject({ yes: true, keep: true });
  });

  it.each([['--nonsense'], ['web-1'], ['--yes=maybe']])(
    'are refused when unknown: %s',
    (argument) => {
      expect(() => parseDemoArguments([argument])).toThrow(
        expect.objectContaining({ name: 'BadRequest' }),
      );
    },
  );
});

describe('what was started', () => {
  it('is removed in reverse, also what comes after something that cannot be removed', async () => {
    const removed: string[] = [];
    const said: string[] = [];
    const cleanups = new Cleanups();
    cleanups.add('first', async () => void removed.push('first'));
    cleanups.add('second', () => Promise.reject(new Error('it is stuck')));
    cleanups.add('third', async () => void removed.push('third'));
    const failures = await cleanups.run((line) => said.push(line));
    expect(removed).toEqual(['third', 'first']);
    expect(failures).toEqual(['second could not be removed: it is stuck']);
    expect(said).toEqual(failures);
  });

  it('is removed once, however often that is asked for', async () => {
    let times = 0;
    const cleanups = new Cleanups();
    cleanups.add('it', async () => void (times += 1));
    await Promise.all([cleanups.run(() => undefined), cleanups.run(() => undefined)]);
    expect(times).toBe(1);
  });
});

describe("the demonstration's summary", () => {
  it('is a table with a report for each host', () => {
    const text = summaryText([row('web-1', 'patched', 'patched')], LOOK);
    expect(text).toMatch(/✓ +web-1 +patched +24 +24 +31 +1 +1m 5s/);
    expect(text).toContain('/x/web-1.html');
  });

  it('names a host that ended otherwise than it had to', () => {
    const rows = [row('web-1', 'patched', 'patched'), row('shop-1', 'patched', 'restored')];
    expect(asExpected(rows)).toBe(false);
    expect(summaryText(rows, LOOK)).toMatch(/✗ shop-1 ended as patched; it had to be restored/);
  });

  it('counts a restored host as good where that is what had to happen', () => {
    const rows = [row('shop-1', 'restored', 'restored')];
    expect(asExpected(rows)).toBe(true);
    expect(summaryText(rows, LOOK)).toMatch(/shop-1: proven identical/);
  });
});
