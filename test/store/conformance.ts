import { expect, it } from '@jest/globals';
import { STORED_FILE_MAX, type ReportStore } from '../../src/store/port.ts';
import { listReports, readReport } from '../../src/store/read-reports.ts';
import { storeReport } from '../../activities/control/store-report.ts';
import { PATCHED } from '../report/samples.ts';

/** What every store of reports does. Each test has a store of its own, which is empty. */
export function keepsReports(open: () => Promise<ReportStore>): void {
  it('keeps a report, again and again, and gives it back whole', async () => {
    const store = await open();
    await store.prepare();
    const { location } = await storeReport(PATCHED, store);
    expect(await storeReport(PATCHED, store)).toEqual({ location });
    expect(location.startsWith(store.location)).toBe(true);
    const [of, ...others] = await listReports(store, { since: '2026-01-01T00:00:00Z' });
    expect(others).toEqual([]);
    expect(of).toEqual({ host: PATCHED.host, cycle: PATCHED.cycle });
    expect(await readReport(store, of ?? { host: '', cycle: '' })).toEqual({
      ok: true,
      report: PATCHED,
    });
  });

  it('lists the cycles of a host that began since a moment, and of no host whose name begins alike', async () => {
    const store = await open();
    await store.prepare();
    const began = (day: string) => `202611${day}t000000z-1a2b3c4d`;
    for (const [host, day] of [
      ['db-1', '23'],
      ['db-1', '24'],
      ['db-1', '25'],
      ['db', '25'],
      ['db-1-2', '25'],
    ] as const) {
      await store.put(`${host}-${began(day)}.json`, '{}');
    }
    await store.put('notes.json', '{}');
    const listed = (host?: string) => listReports(store, { since: '2026-11-24T00:00:00Z', host });
    expect(await listed('db-1')).toEqual([
      { host: 'db-1', cycle: began('24') },
      { host: 'db-1', cycle: began('25') },
    ]);
    expect(await listed()).toHaveLength(4);
  });

  it('says of what is no report why it cannot be told', async () => {
    const store = await open();
    await store.prepare();
    const of = { host: PATCHED.host, cycle: PATCHED.cycle };
    const problem = async (content: string) => {
      await store.put(`${of.host}-${of.cycle}.json`, content);
      const read = await readReport(store, of);
      return read.ok ? null : read.problem;
    };
    expect(await problem('{"host": ')).toMatch(/is no JSON/);
    expect(await problem('{}')).toMatch(/is no report: /);
    expect(await problem(' '.repeat(STORED_FILE_MAX + 1))).toMatch(/is no report: it has 8388609/);
    expect(await problem(JSON.stringify({ ...PATCHED, host: 'other' }))).toMatch(/another cycle/);
    expect(await readReport(store, { ...of, host: 'absent' })).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/no more/),
    });
  });
}
