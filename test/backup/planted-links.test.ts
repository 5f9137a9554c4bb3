import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { asBytePath, type BytePath } from '../../src/backup/byte-path.ts';
import { absent, type Entry } from '../../src/backup/entry.ts';
import { extractMembers } from '../../src/backup/extract.ts';
import { putDirectoriesRight } from '../../src/backup/put-directories.ts';
import { makeDirectories, moveIntoPlace, type Refusals } from '../../src/backup/put-in-place.ts';
import { withBackup, type BackupRecord } from '../../src/backup/record.ts';
import { makeStages, removeOldStages, stagedPath } from '../../src/backup/stages.ts';
import { backUp, CYCLE, testHost, type TestHost } from './support/trees.ts';

/** What a user who may write above a path can do between two of the restore's own calls. */

const DATA = asBytePath('/srv/svc/data');

let host: TestHost;
let refusals: Refusals;
beforeEach(() => {
  host = testHost({ '/srv/svc/data/sub/a': 'a', '/victim/sub/secret': 's' });
  refusals = [];
});

function plantLink(): void {
  rmSync(host.at(DATA), { recursive: true, force: true });
  symlinkSync(host.at('/victim'), host.at(DATA));
}

function directory(path: BytePath, more: Partial<Entry> = {}): Entry {
  return { ...absent(path), type: 'directory', mode: 0o755, ...more };
}

describe('A directory that is made again', () => {
  it('is not given to its owner through a link that was planted in its place', () => {
    plantLink();
    const { uid } = lstatSync(host.at('/victim'));
    makeDirectories(host.root, [directory(DATA, { uid: 12_345, gid: 12_345 })], refusals);
    expect(lstatSync(host.at('/victim')).uid).toBe(uid);
    expect(refusals).toEqual([expect.stringContaining('/srv/svc/data was not touched')]);
  });

  it('is not made through a link above it', () => {
    plantLink();
    makeDirectories(host.root, [directory(asBytePath('/srv/svc/data/new'))], refusals);
    expect(readdirSync(host.at('/victim'))).toEqual(['sub']);
  });

  it('may be there already', () => {
    const { uid, gid } = lstatSync(host.at(DATA));
    makeDirectories(host.root, [directory(DATA, { uid, gid })], refusals);
    expect(refusals).toEqual([]);
  });
});

describe("A directory's attributes", () => {
  async function putRight(record: BackupRecord, paths: string[]): Promise<void> {
    const { archiveSha256 } = record;
    await withBackup(host.backup, { cycle: CYCLE, archiveSha256 }, async (opened) => {
      const kept = await extractMembers(opened.archive, (path) =>
        paths.includes(path) ? 'keep' : null,
      );
      expect([...kept.keys()]).toEqual(paths);
      await putDirectoriesRight(host.root, opened.manifest, kept, refusals);
    });
  }

  it('are not put onto what a planted link leads to', async () => {
    chmodSync(host.at('/srv/svc'), 0o777);
    chmodSync(host.at('/srv/svc/data/sub'), 0o777);
    const record = await backUp(host, { trees: ['/srv'] });
    plantLink();
    await putRight(record, ['/srv/svc/data', '/srv/svc/data/sub']);
    expect(lstatSync(host.at('/victim/sub')).mode & 0o777).toBe(0o755);
    expect(lstatSync(host.at(DATA)).isSymbolicLink()).toBe(true);
    expect(refusals).toEqual([expect.stringContaining('/srv/svc/data/sub was not touched')]);
  });

  it.each([
    ['root alone', 0o755],
    ['everybody', 0o777],
  ])('come back with mode and time where %s may write above', async (_, mode) => {
    chmodSync(host.at('/srv/svc'), mode);
    chmodSync(host.at(DATA), 0o2710);
    utimesSync(host.at(DATA), 1_000, 1_000);
    const record = await backUp(host, { trees: ['/srv'] });
    chmodSync(host.at(DATA), 0o700);
    utimesSync(host.at(DATA), 2_000, 2_000);
    await putRight(record, ['/srv/svc/data']);
    const { mode: now, mtimeMs } = lstatSync(host.at(DATA));
    expect([(now & 0o7777).toString(8), mtimeMs]).toEqual(['2710', 1_000_000]);
    expect(readFileSync(host.at('/srv/svc/data/sub/a'), 'utf8')).toBe('a');
    expect(refusals).toEqual([]);
  });
});

describe('A stage on a file system of somebody else', () => {
  it('keeps its files when its name is taken by something else', async () => {
    const stages = makeStages(host.root, new Map());
    const stage = stages.of(DATA);
    const file = asBytePath('/srv/svc/data/b');
    mkdirSync(`${stage.directory}/srv/svc/data`, { recursive: true });
    writeFileSync(stagedPath(stage, file), 'ours');
    renameSync(host.at(stage.path), host.at('/moved-away'));
    mkdirSync(host.at(`${stage.path}/srv/svc/data`), { recursive: true });
    writeFileSync(host.at(`${stage.path}${file}`), 'forged');
    await moveIntoPlace(host.root, stages, [{ ...absent(file), type: 'file' }], refusals);
    expect(readFileSync(host.at(file), 'utf8')).toBe('ours');
    await stages.remove();
    expect(readFileSync(host.at(`${stage.path}${file}`), 'utf8')).toBe('forged');
  });

  it('is not looked for behind a link that is named like one', async () => {
    symlinkSync(host.at('/victim'), host.at('/.patchcycle-restore-0123456789ab'));
    chmodSync(host.at('/victim'), 0o700);
    await removeOldStages(host.root, new Map(), [DATA]);
    expect(readFileSync(host.at('/victim/sub/secret'), 'utf8')).toBe('s');
  });
});
