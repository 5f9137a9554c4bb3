import { describe, expect, it } from '@jest/globals';
import { rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderStore } from '../../src/store/folder.ts';
import { STORED_FILE_MAX } from '../../src/store/port.ts';
import { listReports, readReport } from '../../src/store/read-reports.ts';
import { storeReport } from '../../activities/control/store-report.ts';
import { PATCHED } from '../report/samples.ts';
import { temporaryDirectory } from '../host/support/temporary.ts';
import { keepsReports } from './conformance.ts';

const fresh = async () => folderStore(join(await temporaryDirectory(), 'reports'));

describe('a folder of reports', () => {
  keepsReports(fresh);

  it('is made when it is needed, for its owner alone', async () => {
    const store = await fresh();
    expect(await store.exists()).toBe(false);
    expect(await listReports(store, { since: '2026-01-01T00:00:00Z' })).toEqual([]);
    await store.put('one.json', '{}');
    expect(await store.exists()).toBe(true);
    expect((await stat(store.location)).mode & 0o777).toBe(0o700);
    expect((await stat(join(store.location, 'one.json'))).mode & 0o777).toBe(0o600);
  });

  it('that cannot be made or read is said with what to do', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    const store = folderStore(join(file, 'reports'));
    for (const work of [() => store.prepare(), () => store.put('a', 'b'), () => store.get('a')]) {
      await expect(work()).rejects.toMatchObject({
        type: 'ReportStoreFailed',
        message: expect.stringContaining(file),
        details: { remedy: expect.stringContaining('--reports') },
      });
    }
  });

  it('that is there and cannot be written is noticed before there is a report', async () => {
    // Even root cannot make a file in this file system.
    const store = folderStore('/sys');
    expect(await store.exists()).toBe(true);
    await expect(store.prepare()).rejects.toMatchObject({
      type: 'ReportStoreFailed',
      message: expect.stringContaining('The store of reports, /sys, failed: '),
    });
  });

  it('has reports that were moved elsewhere and linked, and says of other links that they are none', async () => {
    const store = await fresh();
    await storeReport(PATCHED, store);
    const { host, cycle } = PATCHED;
    const stored = join(store.location, `${host}-${cycle}.json`);
    const moved = join(await temporaryDirectory(), 'moved.json');
    await rename(stored, moved);
    await symlink(moved, stored);
    expect(await listReports(store, { since: '2026-01-01T00:00:00Z' })).toEqual([{ host, cycle }]);
    expect(await readReport(store, { host, cycle })).toMatchObject({ ok: true });
    await rm(stored);
    await symlink('/dev/zero', stored);
    expect(await readReport(store, { host, cycle })).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/is no report: it is no regular file$/),
    });
  });

  it('reads no file that is larger than any report', async () => {
    const store = await fresh();
    const path = await store.put('huge.json', '');
    await truncate(path, STORED_FILE_MAX + 1);
    await expect(store.get('huge.json')).rejects.toThrow(/^it has 8388609 bytes$/);
  });
});
