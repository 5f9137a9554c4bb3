import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBuffer, toText, type BytePath } from '../src/backup/byte-path.ts';
import { listScope } from '../src/backup/list-tree.ts';
import { makeBackup } from '../src/backup/make-backup.ts';
import { readMounts } from '../src/backup/mounts.ts';
import { proveAgainstBackup } from '../src/backup/prove.ts';
import { withBackup, type BackupRecord } from '../src/backup/record.ts';
import { restoreFrom } from '../src/backup/restore.ts';
import { resolveScope, type Scope } from '../src/backup/scope.ts';
import { memberName } from '../src/backup/tar.ts';
import { treeRoot, type TreeRoot } from '../src/backup/tree-root.ts';
import { createRunCommand } from '../src/host/command.ts';
import type { Argv } from '../src/host/tools.ts';
import { median, type BenchResult } from './result.ts';

/** What is backed up: a copy of this machine's programs, libraries and configuration, up to this size. */
const SOURCES = ['/etc', '/var/lib/dpkg', '/usr/sbin', '/usr/bin', '/usr/lib'];
const SIZE_BYTES_MAX = 400_000_000;

/** Pairs of measurements, each pair with the same neighbours on the machine and in turn of who is first. */
const PAIRS = 7;

const LIMIT = 1.2;
const CYCLE = '20261124t184300z-1a2b3c4d';

const run = createRunCommand({ cycleDirectory: null, step: 'bench' });
const tools = { run, progress: () => undefined };

type Ground = { directory: string; root: TreeRoot; scope: Scope; paths: readonly BytePath[] };

/** Backup with manifest, read back and synced, against `tar --zstd` of the same list. */
export async function backupAgainstTar(): Promise<BenchResult> {
  return onGround(async (ground) => {
    const pairs = await inPairs(
      () => backUp(ground),
      async () => tarCreate(ground),
      async () => undefined,
    );
    return result('backup over tar --zstd of the same list', pairs, ground);
  });
}

/** Restore of a tree that an update changed, compared and synced, against `tar -x` of the same archive. */
export async function restoreAgainstTar(): Promise<BenchResult> {
  return onGround(async (ground) => {
    const record = await backUp(ground);
    await tarCreate(ground);
    const changed = join(ground.directory, 'changed');
    await must(['cp', '--archive', '--', ground.root.directory, changed]);
    change(changed, ground.paths);
    const pairs = await inPairs(
      () => putBack(ground, record),
      async () =>
        must([
          'tar',
          '--zstd',
          '-xpf',
          join(ground.directory, 'peer.tar.zst'),
          '-C',
          ground.root.directory,
        ]),
      async () => {
        rmSync(ground.root.directory, { recursive: true });
        await must(['cp', '--archive', '--', changed, ground.root.directory]);
      },
    );
    await proveRestored(ground, record);
    return result('restore over tar -x of the same archive', pairs, ground);
  });
}

async function onGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'patchcycle-bench-'));
  try {
    const copy = join(directory, 'root');
    mkdirSync(copy);
    let bytes = 0;
    for (const source of SOURCES) {
      const room = SIZE_BYTES_MAX - bytes;
      if (room > 0) bytes += await copyUpTo(source, copy, room);
    }
    const root = treeRoot(copy);
    const trees = readdirSync(copy).map((name) => `/${name}`);
    const scope = await resolveScope(root, {
      footprint: { trees, paths: [], added: [] },
      policyPaths: [],
      excluded: [],
    });
    const paths = await listScope(root, scope, readMounts());
    writeList(join(directory, 'list'), paths);
    return await work({ directory, root, scope, paths });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Copies entries of a directory until the room is used up. */
async function copyUpTo(source: string, target: string, roomBytes: number): Promise<number> {
  let bytes = 0;
  const into = join(target, source);
  mkdirSync(into, { recursive: true });
  for (const name of readdirSync(source).sort()) {
    const path = join(source, name);
    const { stdout } = await run(['du', '--summarize', '--bytes', '--one-file-system', '--', path]);
    const size = Number(stdout.split('\t')[0]);
    if (bytes + size > roomBytes) continue;
    await must(['cp', '--archive', '--', path, into]);
    bytes += size;
  }
  return bytes;
}

function writeList(path: string, paths: readonly BytePath[]): void {
  writeFileSync(path, toBuffer(paths.map((entry) => `${memberName(entry)}\0`).join('')));
}

/** What an update does: half of the files have other content, some are gone and some are new. */
function change(directory: string, paths: readonly BytePath[]): void {
  const files = paths
    .map((path) => join(directory, toText(path)))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile());
  for (const [index, path] of files.entries()) {
    // Written anew, as package tools do, and not into a file that others link to.
    const content = readFileSync(path);
    if (index % 2 === 0 || index % 20 === 1) rmSync(path);
    if (index % 2 === 0) writeFileSync(path, Buffer.concat([content, Buffer.from('changed')]));
    if (index % 20 === 3) writeFileSync(`${path}.added`, 'added');
  }
}

async function backUp({ directory, root, scope }: Ground): Promise<BackupRecord> {
  return makeBackup({
    root,
    scope,
    directory: join(directory, 'backup'),
    cycle: CYCLE,
    host: 'bench',
    progress: () => undefined,
  });
}

async function putBack(ground: Ground, { archiveSha256 }: BackupRecord): Promise<void> {
  const directory = join(ground.directory, 'backup');
  const { deleted } = await withBackup(directory, { cycle: CYCLE, archiveSha256 }, (opened) =>
    restoreFrom(opened, ground.root, tools),
  );
  if (deleted === 0) throw new Error('There was nothing to restore, so nothing was measured');
}

/** Ends the measurement of restores with one that is looked at. */
async function proveRestored(ground: Ground, record: BackupRecord): Promise<void> {
  appendFileSync(join(ground.root.directory, 'etc/added'), 'by an update');
  await putBack(ground, record);
  const directory = join(ground.directory, 'backup');
  const proof = await withBackup(
    directory,
    { cycle: CYCLE, archiveSha256: record.archiveSha256 },
    (opened) => proveAgainstBackup(opened, ground.root, tools),
  );
  if (!proof.exact) throw new Error(`The restore was not exact: ${proof.differences.join(' ')}`);
}

async function tarCreate({ directory, root }: Ground): Promise<void> {
  await must([
    'tar',
    '--zstd',
    '--create',
    '--file',
    join(directory, 'peer.tar.zst'),
    '--directory',
    root.directory,
    '--no-recursion',
    '--null',
    '--files-from',
    join(directory, 'list'),
  ]);
}

type Pair = { ownMs: number; peerMs: number };

async function inPairs(
  own: () => Promise<unknown>,
  peer: () => Promise<unknown>,
  prepare: () => Promise<void>,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let index = 0; index < PAIRS; index += 1) {
    const pair: Pair = { ownMs: 0, peerMs: 0 };
    const measureOwn = async (): Promise<void> => void (pair.ownMs = await timed(own, prepare));
    const measurePeer = async (): Promise<void> => void (pair.peerMs = await timed(peer, prepare));
    if (index % 2 === 0) {
      await measureOwn();
      await measurePeer();
    } else {
      await measurePeer();
      await measureOwn();
    }
    pairs.push(pair);
  }
  return pairs;
}

/** Writes everything to the disk before, so that neither pays for what was prepared. */
async function timed(work: () => Promise<unknown>, prepare: () => Promise<void>): Promise<number> {
  await prepare();
  await must(['sync']);
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function must(argv: Argv): Promise<void> {
  const { exitCode, stderr } = await run(argv, { timeoutMs: 10 * 60_000 });
  if (exitCode !== 0)
    throw new Error(`${argv.join(' ')} ended with ${exitCode}: ${stderr.slice(-2_000)}`);
}

function result(what: string, pairs: readonly Pair[], { paths }: Ground): BenchResult {
  const ratios = pairs.map(({ ownMs, peerMs }) => ownMs / peerMs).sort((one, other) => one - other);
  const seconds = (values: number[]): string => (median(values) / 1_000).toFixed(2);
  return {
    what,
    measured: median(ratios),
    unit: 'x',
    limit: LIMIT,
    detail: `${paths.length} files; medians ${seconds(pairs.map(({ ownMs }) => ownMs))} s and ${seconds(
      pairs.map(({ peerMs }) => peerMs),
    )} s of ${PAIRS} pairs, ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`,
  };
}
