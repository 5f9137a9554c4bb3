import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { storeMissingReports } from '../../activities/control/store-missing-reports.ts';
import { cycleIdOf } from '../../src/domain/cycle-id.ts';
import type { Report } from '../../src/domain/report.ts';
import { folderStore } from '../../src/store/folder.ts';
import { listReports } from '../../src/store/read-reports.ts';
import { temporaryDirectory } from '../host/support/temporary.ts';
import { PATCHED } from '../report/samples.ts';

const BEGAN = new Date('2026-11-24T18:43:00Z');

function reportOf(host: string, runId: string): Report {
  return { ...PATCHED, host, cycle: cycleIdOf(BEGAN, runId) };
}

/** Temporal as far as it is asked: these ended cycles, each with its report. */
function clientWith(reports: Readonly<Record<string, Report>>): Client {
  const workflow = {
    async *list() {
      for (const [runId, { host }] of Object.entries(reports)) {
        const typedSearchAttributes = { get: () => host };
        const status = { name: 'COMPLETED' };
        yield {
          workflowId: `patch/${host}`,
          runId,
          typedSearchAttributes,
          status,
          startTime: BEGAN,
        };
      }
    },
    getHandle: (_: string, runId: string) => ({ result: async () => reports[runId] }),
  };
  return { workflow } as unknown as Client;
}

describe('reports that only Temporal has', () => {
  it('are stored, also when one of them cannot be', async () => {
    const store = folderStore(await temporaryDirectory());
    // A name that no file can have; its report is in Temporal, and in a bucket it would fit.
    const long = Array.from({ length: 4 }, () => 'x'.repeat(60)).join('.');
    const client = clientWith({
      '00000000-0000-0000-0000-000000000001': reportOf(long, '00000001'),
      '00000000-0000-0000-0000-000000000002': reportOf('web-1', '00000002'),
    });
    const { stored, lost } = await storeMissingReports(client, store, [], () => {});
    expect(stored.map(({ host }) => host)).toEqual(['web-1']);
    expect(lost).toEqual([
      { host: long, text: expect.stringMatching(/it cannot be stored: .*ENAMETOOLONG/) },
    ]);
    let alive = 0;
    const listed = await listReports(store, { since: '2026-01-01', alive: () => (alive += 1) });
    expect(listed).toHaveLength(1);
    expect(alive).toBe(1);
  });

  it('are not tried one after the other when the store itself fails', async () => {
    const runs = Array.from({ length: 40 }, (_, index) => String(index).padStart(8, '0'));
    const client = clientWith(
      Object.fromEntries(runs.map((run) => [run, reportOf(`web-${Number(run)}`, run)])),
    );
    let tried = 0;
    const store = {
      ...folderStore('/nonexistent'),
      put: () => {
        tried += 1;
        return Promise.reject(new Error('it is away'));
      },
    };
    await expect(storeMissingReports(client, store, [], () => {})).rejects.toThrow('it is away');
    expect(tried).toBeLessThan(20);
  });
});
