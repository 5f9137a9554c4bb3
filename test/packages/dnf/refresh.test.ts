import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { refresh } from '../../../src/packages/dnf/refresh.ts';
import { DNF_SETTINGS } from '../../../src/packages/dnf/settings.ts';
import { answering, DIALECTS, fixture, type Answer } from './fixture.ts';

describe.each(DIALECTS)('refreshing the lists of %s', (_, dialect) => {
  const times = fixture(dialect, 13, 'repositories');
  const older = times
    .replaceAll('Sat Nov 28 01:36:17 2026', 'Fri Nov 27 01:36:17 2026')
    .replaceAll('"max_timestamp":1795829777', '"max_timestamp":1795743377');

  let directory: string;
  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'patchcycle-lists-'))));
  afterEach(() => rm(directory, { recursive: true }));

  /** The times of the lists before and after, and what the refresh itself answers. */
  const refreshing = (before: Answer, after: Answer, fetched: Answer = {}) => {
    const asked = [before, after].values();
    const tools = answering((argv) => (argv.includes('makecache') ? fetched : asked.next().value));
    const listTimesFile = join(directory, 'state', 'list-times.json');
    return refresh(tools, dialect, { ...DNF_SETTINGS, lockWaitMs: 0, listTimesFile });
  };

  it('takes lists that are as new as those before, or newer', async () => {
    const [known, newer] = [{ stdout: older }, { stdout: times }];
    await expect(refreshing(known, newer)).resolves.toBeUndefined();
    await expect(refreshing(newer, newer)).resolves.toBeUndefined();
  });

  it('takes the first lists of all', async () => {
    const none = { exitCode: 1, stderr: "Error: Cache-only enabled but no cache for 'lab'\n" };
    await expect(refreshing(none, { stdout: times })).resolves.toBeUndefined();
  });

  it('refuses lists that are older than those that the host has had', async () => {
    await expect(refreshing({ stdout: times }, { stdout: older })).rejects.toMatchObject({
      type: 'ReleaseExpired',
      message: expect.stringContaining(
        'are of 2026-11-27T01:36:17.000Z, this host had those of 2026-11-28T01:36:17.000Z',
      ),
    });
  });

  it('goes on refusing them, also when the cache of dnf knows no newer ones any more', async () => {
    const [newer, old] = [{ stdout: times }, { stdout: older }];
    await refreshing(newer, newer);
    await expect(refreshing(newer, old)).rejects.toMatchObject({ type: 'ReleaseExpired' });
    await expect(refreshing(old, old)).rejects.toMatchObject({ type: 'ReleaseExpired' });
    await expect(refreshing({ exitCode: 1 }, old)).rejects.toMatchObject({
      type: 'ReleaseExpired',
    });
    await refreshing(old, newer);
  });

  it('refuses a host without any repository, which would count as up to date', async () => {
    await expect(refreshing({}, {})).rejects.toMatchObject({
      type: 'UnsupportedHost',
      message: 'no repository is enabled on this host',
    });
  });

  it('fails as dnf does', async () => {
    const fetched = { exitCode: 1, stderr: fixture(dialect, 27, 'makecache', 'stderr') };
    await expect(refreshing({}, {}, fetched)).rejects.toMatchObject({ type: 'SignatureInvalid' });
  });
});
