import { beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { retainBackups } from '../../src/backup/retention.ts';
import { acquireLock, releaseLock } from '../../src/host/lock.ts';
import {
  archivesOf,
  backupDirectory,
  cycleDirectory,
  type HostPaths,
} from '../../src/host/paths.ts';
import { temporaryDirectory } from './support/trees.ts';

let paths: HostPaths;
beforeEach(() => {
  const directory = temporaryDirectory();
  paths = {
    configDirectory: join(directory, 'etc'),
    stateDirectory: join(directory, 'state'),
    archiveDirectory: join(directory, 'cache'),
  };
});

/** The n-th cycle of the host, by its time. */
function cycle(number: number): string {
  return `202611${String(number).padStart(2, '0')}t020000z-1a2b3c4d`;
}

/** Leaves behind what a cycle leaves. */
function leave(name: string, { ended = true, backup = true } = {}): void {
  mkdirSync(cycleDirectory(paths, name), { recursive: true });
  writeFileSync(join(cycleDirectory(paths, name), 'plan.json'), '{}');
  if (ended) writeFileSync(join(cycleDirectory(paths, name), 'report.json'), '{}');
  mkdirSync(archivesOf(paths, name), { recursive: true });
  writeFileSync(join(archivesOf(paths, name), 'a.deb'), 'deb');
  if (!backup) return;
  mkdirSync(backupDirectory(paths, name));
  const record = {
    format: 1,
    cycle: name,
    host: 'web-1',
    createdAt: '2026-11-01T02:00:00.000Z',
    archiveSha256: 'a'.repeat(64),
    archiveBytes: 1,
    manifestSha256: 'b'.repeat(64),
    files: 1,
    scope: { trees: [], excluded: [], paths: 1, absent: 0 },
  };
  writeFileSync(join(backupDirectory(paths, name), 'backup.json'), JSON.stringify(record));
}

function withBackup(): string[] {
  return readdirSync(join(paths.stateDirectory, 'cycles')).filter((name) =>
    existsSync(backupDirectory(paths, name)),
  );
}

describe('Retention', () => {
  it("keeps the newest backups of the policy's number, this cycle's counted in", async () => {
    for (const number of [1, 2, 3, 4, 5]) leave(cycle(number), { ended: number < 5 });
    expect(await retainBackups(paths, cycle(5), 3)).toEqual({
      kept: [cycle(5), cycle(4), cycle(3)],
      removed: [cycle(2), cycle(1)],
    });
    expect(withBackup()).toEqual([cycle(3), cycle(4), cycle(5)]);
    expect(await retainBackups(paths, cycle(5), 3)).toMatchObject({ removed: [] });
  });

  it('deletes what ended cycles downloaded, and leaves journals and reports', async () => {
    for (const number of [1, 2]) leave(cycle(number));
    leave(cycle(3), { ended: false });
    await retainBackups(paths, cycle(3), 1);
    expect(readdirSync(paths.archiveDirectory)).toEqual([cycle(3)]);
    expect(readdirSync(cycleDirectory(paths, cycle(1))).sort()).toEqual([
      'plan.json',
      'report.json',
    ]);
  });

  it('never takes the own backup, however few are kept', async () => {
    leave(cycle(1), { ended: false });
    for (const number of [2, 3]) leave(cycle(number));
    expect(await retainBackups(paths, cycle(1), 1)).toEqual({
      kept: [cycle(1)],
      removed: [cycle(3), cycle(2)],
    });
  });

  it('leaves the backup of a cycle without a report: a person may still restore it', async () => {
    leave(cycle(1), { ended: false });
    for (const number of [2, 3]) leave(cycle(number));
    expect(await retainBackups(paths, cycle(3), 1)).toEqual({
      kept: [cycle(3), cycle(1)],
      removed: [cycle(2)],
    });
    expect(existsSync(archivesOf(paths, cycle(1)))).toBe(true);
  });

  it('leaves the backup of the cycle that holds the lock, though it has left a report', async () => {
    const holder = { cycle: cycle(1), namespace: 'n', workflowId: 'w', requestedBy: 'test' };
    await acquireLock(paths, holder);
    for (const number of [1, 2, 3]) leave(cycle(number));
    expect((await retainBackups(paths, cycle(3), 1)).removed).toEqual([cycle(2)]);
    await releaseLock(paths, cycle(1));
    expect((await retainBackups(paths, cycle(3), 1)).removed).toEqual([cycle(1)]);
  });

  it('gives no place to cycles without a backup', async () => {
    leave(cycle(1));
    leave(cycle(2), { backup: false });
    leave(cycle(3), { ended: false });
    expect(await retainBackups(paths, cycle(3), 2)).toEqual({
      kept: [cycle(3), cycle(1)],
      removed: [],
    });
  });

  it('touches nothing that is not a real directory of a cycle', async () => {
    const elsewhere = join(dirname(paths.stateDirectory), 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'report.json'), '{}');
    mkdirSync(join(elsewhere, 'backup'));
    leave(cycle(9), { ended: false });
    symlinkSync(elsewhere, join(paths.stateDirectory, 'cycles', cycle(1)));
    mkdirSync(join(paths.stateDirectory, 'cycles/not-a-cycle/backup'), { recursive: true });
    symlinkSync(elsewhere, archivesOf(paths, cycle(2)));
    leaveLinks(cycle(2), elsewhere);
    expect((await retainBackups(paths, cycle(9), 1)).removed).toEqual([]);
    expect(readdirSync(elsewhere).sort()).toEqual(['backup', 'report.json']);
    expect(existsSync(join(paths.stateDirectory, 'cycles/not-a-cycle/backup'))).toBe(true);
  });

  it('has nothing to do on a host without cycles', async () => {
    expect(await retainBackups(paths, cycle(1), 3)).toEqual({ kept: [], removed: [] });
  });
});

/** A cycle whose backup and archives are links to somewhere else. */
function leaveLinks(name: string, elsewhere: string): void {
  mkdirSync(cycleDirectory(paths, name), { recursive: true });
  writeFileSync(join(cycleDirectory(paths, name), 'report.json'), '{}');
  symlinkSync(elsewhere, backupDirectory(paths, name));
}
