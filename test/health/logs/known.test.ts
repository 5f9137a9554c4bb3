import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failedChanges } from '../../../src/health/logs/earlier-changes.ts';
import { knownErrorKinds } from '../../../src/health/logs/known.ts';
import { cycleDirectory } from '../../../src/host/paths.ts';
import { FakeJournal } from '../support/journal.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-known-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const micros = (instant: string): string => String(Date.parse(instant) * 1_000);

describe('the kinds of error that a host had before', () => {
  it('are those of the journal and of the text logs', async () => {
    const journal = new FakeJournal();
    journal.log('no such disk 3', { PRIORITY: '3' });
    journal.log('ERROR: printed by a service', { _TRANSPORT: 'stdout' });
    const syslog = join(directory, 'syslog');
    await writeFile(syslog, 'error: of no program\n');
    const known = await knownErrorKinds({
      run: journal.run,
      ignore: [],
      nowMs: Date.now(),
      except: [],
      textLogs: [syslog],
    });
    expect(known.map(({ signature }) => signature).toSorted()).toEqual([
      ': error: of no program',
      'app: ERROR: printed by a service',
      'app: no such disk <n>',
    ]);
  });

  it('are none on a host without logs', async () => {
    const journal = new FakeJournal();
    journal.missing = true;
    expect(
      await knownErrorKinds({
        run: journal.run,
        ignore: [],
        nowMs: Date.now(),
        except: [],
        textLogs: [],
      }),
    ).toEqual([]);
  });

  it('do not have what was logged while an earlier change was going wrong', async () => {
    const journal = new FakeJournal();
    journal.log('an ordinary error', {
      PRIORITY: '3',
      __REALTIME_TIMESTAMP: micros('2026-11-23T00:00:00Z'),
    });
    journal.log('the bad update', {
      PRIORITY: '3',
      __REALTIME_TIMESTAMP: micros('2026-11-24T00:10:00Z'),
    });
    const syslog = join(directory, 'syslog');
    await writeFile(syslog, '2026-11-24T00:10:00+00:00 localhost app[1]: error: the bad update\n');
    const known = await knownErrorKinds({
      run: journal.run,
      ignore: [],
      nowMs: Date.now(),
      except: [
        { fromMs: Date.parse('2026-11-24T00:00:00Z'), toMs: Date.parse('2026-11-24T01:00:00Z') },
      ],
      textLogs: [syslog],
    });
    expect(known.map(({ signature }) => signature)).toEqual(['app: an ordinary error']);
  });
});

describe('the earlier changes that went wrong', () => {
  const paths = () => ({
    configDirectory: directory,
    stateDirectory: directory,
    archiveDirectory: directory,
  });

  async function cycle(id: string, outcome: string | null): Promise<void> {
    const own = cycleDirectory(paths(), id);
    await mkdir(own, { recursive: true });
    await writeFile(
      join(own, 'baseline.json'),
      JSON.stringify({ snapshot: { takenAt: '2026-11-20T00:00:00.000Z' } }),
    );
    if (outcome === null) return;
    await writeFile(
      join(own, 'report.json'),
      JSON.stringify({ outcome, endedAt: '2026-11-20T01:00:00.000Z' }),
    );
  }

  const CYCLE = '20261124t184300z-1a2b3c4d';
  const EARLIER = '20261120t000000z-1a2b3c4d';
  const span = {
    fromMs: Date.parse('2026-11-20T00:00:00Z'),
    toMs: Date.parse('2026-11-20T01:00:00Z'),
  };

  it('are none where no cycle ran before', async () => {
    expect(await failedChanges(paths(), CYCLE)).toEqual([]);
  });

  it.each(['restored', 'failed'])(
    'are those that ended as %s, from their baseline to their end',
    async (outcome) => {
      await cycle(EARLIER, outcome);
      expect(await failedChanges(paths(), CYCLE)).toEqual([span]);
    },
  );

  it.each(['patched', 'accepted-as-is'])('are not those that ended as %s', async (outcome) => {
    await cycle(EARLIER, outcome);
    expect(await failedChanges(paths(), CYCLE)).toEqual([]);
  });

  it('are those without a report, for a day', async () => {
    await cycle(EARLIER, null);
    expect(await failedChanges(paths(), CYCLE)).toEqual([
      { ...span, toMs: span.fromMs + 24 * 3_600_000 },
    ]);
  });

  it('do not have the present cycle among them', async () => {
    await cycle(CYCLE, null);
    expect(await failedChanges(paths(), CYCLE)).toEqual([]);
  });
});
