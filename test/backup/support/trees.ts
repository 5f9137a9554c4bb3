import { afterEach } from '@jest/globals';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeBackup } from '../../../src/backup/make-backup.ts';
import { proveAgainstBackup, type Proof } from '../../../src/backup/prove.ts';
import { restoreFrom, type Restored } from '../../../src/backup/restore.ts';
import { withBackup, type BackupRecord } from '../../../src/backup/record.ts';
import { resolveScope } from '../../../src/backup/scope.ts';
import { treeRoot, type TreeRoot } from '../../../src/backup/tree-root.ts';
import { createRunCommand } from '../../../src/host/command.ts';
import type { HostTools } from '../../../src/host/tools.ts';
import type { Footprint } from '../../../src/packages/port.ts';

export const CYCLE = '20261124t184300z-1a2b3c4d';

const made: string[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A directory that is deleted after the test. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'backup-test-')));
  made.push(directory);
  return directory;
}

/** A tree that stands for a host's root, and beside it the place for its backup. */
export type TestHost = {
  root: TreeRoot;
  /** A path of the tree as it really is. */
  at: (path: string) => string;
  backup: string;
};

/** Makes a tree of files by their content; a path with a slash at its end is an empty directory. */
export function testHost(files: Readonly<Record<string, string | Buffer>> = {}): TestHost {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'root'));
  const at = (path: string): string => join(directory, 'root', path);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(path.endsWith('/') ? at(path) : dirname(at(path)), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(at(path), content);
  }
  return { root: treeRoot(at('/')), at, backup: join(directory, 'backup') };
}

export const tools: Pick<HostTools, 'run' | 'progress'> = {
  run: createRunCommand({ cycleDirectory: null, step: 'restore' }),
  progress: () => undefined,
};

/** Backs up the tree. By default all of `/covered` is covered. */
export async function backUp(
  host: TestHost,
  covered: Partial<Footprint> & { policyPaths?: string[]; excluded?: string[] } = {},
): Promise<BackupRecord> {
  const { policyPaths = [], excluded = [], ...footprint } = covered;
  const scope = await resolveScope(host.root, {
    footprint: { trees: ['/covered'], paths: [], added: [], ...footprint },
    policyPaths,
    excluded,
  });
  return makeBackup({
    root: host.root,
    scope,
    directory: host.backup,
    cycle: CYCLE,
    host: 'web-1',
    progress: () => undefined,
  });
}

export async function putBack(host: TestHost, { archiveSha256 }: BackupRecord): Promise<Restored> {
  return withBackup(host.backup, { cycle: CYCLE, archiveSha256 }, (opened) =>
    restoreFrom(opened, host.root, tools),
  );
}

export async function prove(host: TestHost, { archiveSha256 }: BackupRecord): Promise<Proof> {
  return withBackup(host.backup, { cycle: CYCLE, archiveSha256 }, (opened) =>
    proveAgainstBackup(opened, host.root, tools),
  );
}
