import { FINDINGS_MAX, StepFailure } from '../domain/failure.ts';
import { errnoOf } from '../host/errno.ts';
import type { Argv, HostTools } from '../host/tools.ts';
import { ARCHIVE_NAME } from './archive.ts';
import { mebibytes } from './backup-space.ts';
import { parentOf, toText, type BytePath } from './byte-path.ts';
import { compareWithManifest } from './compare.ts';
import { ExtractionFailed, extractMembers, type Destination, type KeptMembers } from './extract.ts';
import type { Manifest } from './manifest.ts';
import { readMounts } from './mounts.ts';
import { putDirectoriesRight } from './put-directories.ts';
import { makeDirectories, moveIntoPlace, remove, type Refusals } from './put-in-place.ts';
import { tampered, type OpenBackup } from './record.ts';
import { planRestore, type RestorePlan } from './restore-plan.ts';
import { freeBytes, makeStages, removeOldStages, type Stage, type Stages } from './stages.ts';
import { BLOCK_BYTES, MalformedArchive } from './tar-header.ts';
import type { TreeRoot } from './tree-root.ts';

type Tools = Pick<HostTools, 'run' | 'progress'>;

/** How much was put back and deleted; both 0 when everything was in place already. */
export type Restored = { restored: number; deleted: number };

/** A restore writes gigabytes at most; a disk that takes longer than this to sync hangs. */
const SYNC_TIMEOUT_MS = 10 * 60_000;

/** Left free beside what is staged, for the directories and everything that runs. */
const RESERVE_BYTES = 16 * 1024 * 1024;

/**
 * Makes everything that a backup covers as it was. The backup is open, and so was held against its
 * hash. Only what differs is written: first beside its place, then, when all of it is
 * on the disk, renamed into it, so that a power cut leaves every file either new or old. What the
 * change added is deleted last. Called again, also after a kill at any point, it comes to the same end.
 *
 * `intend` is told what will be done, before it is done; where the disk is full, what the change added
 * may be deleted by then.
 *
 * Fails with `NotEnoughSpace`, and with `RestoreIncomplete` when single paths withstood; everything
 * else is back then.
 */
export async function restoreFrom(
  backup: OpenBackup,
  root: TreeRoot,
  tools: Tools,
  intend: (planned: Restored) => Promise<void> = async () => undefined,
): Promise<Restored> {
  const { manifest } = backup;
  await removeOldStages(root, readMounts(), directoriesOf(manifest));
  tools.progress(`comparing ${manifest.entries.length} paths with the backup`);
  const { differences } = await compareWithManifest(root, manifest, { thorough: false });
  if (differences.length === 0) return { restored: 0, deleted: 0 };
  return carryOut(root, tools, backup, planRestore(manifest, differences), intend);
}

async function carryOut(
  root: TreeRoot,
  tools: Tools,
  backup: OpenBackup,
  plan: RestorePlan,
  intend: (planned: Restored) => Promise<void>,
): Promise<Restored> {
  const planned = {
    restored: plan.restored,
    deleted: plan.inTheWay.length + plan.added.length,
  };
  if (plan.refused.length > 0) throw refused(plan.refused);
  const refusals: Refusals = [];
  const stages = makeStages(root, readMounts());
  const sync = (): Promise<void> =>
    syncDisks(tools, [...new Set([...plan.directories].map(stages.topOf))].map(root.real));
  try {
    let deleted = await makeRoom(root, stages, plan, refusals);
    // Not earlier: on a disk that the change has filled there is room for no note either.
    await intend(planned);
    tools.progress(`extracting ${plan.replaced.length} files`);
    const directories = await stageFiles(backup, stages, plan);
    await sync();

    tools.progress(`putting ${plan.replaced.length} files back`);
    deleted += await remove(root, plan.inTheWay, refusals);
    makeDirectories(root, plan.missingDirectories, refusals);
    await moveIntoPlace(root, stages, plan.replaced, refusals);
    await stages.remove();

    tools.progress(`deleting ${plan.added.length} files that the change added`);
    deleted += await remove(root, plan.added, refusals);
    await putDirectoriesRight(root, backup.manifest, directories, refusals);
    await sync();
    if (refusals.length > 0) throw incomplete(refusals);
    return { restored: plan.restored, deleted };
  } catch (error) {
    throw typed(backup.directory, error);
  } finally {
    await stages.remove();
  }
}

/** Extracts what is to be put back into the stages; answers the directories, which come last. */
async function stageFiles(
  backup: OpenBackup,
  stages: Stages,
  plan: RestorePlan,
): Promise<KeptMembers> {
  const toStage = new Set(plan.replaced.map(({ path }) => path));
  for (const { path } of plan.replaced) plan.directories.add(stages.of(parentOf(path)).top);
  return extractMembers(backup.archive, (path): Destination => {
    if (toStage.has(path)) return stages.of(parentOf(path));
    return plan.directories.has(path) ? 'keep' : null;
  });
}

/**
 * Makes sure that everything fits beside what it replaces. Where it does not, what the change added
 * goes now instead of last; files are then missing for a moment, and a full disk leaves no better way.
 */
async function makeRoom(
  root: TreeRoot,
  stages: Stages,
  plan: RestorePlan,
  refusals: Refusals,
): Promise<number> {
  if ((await shortOfRoom(stages, plan)) === null) return 0;
  const deleted = await remove(root, plan.added, refusals);
  plan.added = [];
  const short = await shortOfRoom(stages, plan);
  if (short !== null) throw noRoom(short);
  return deleted;
}

async function shortOfRoom(stages: Stages, plan: RestorePlan): Promise<string | null> {
  const needed = new Map<Stage, number>();
  for (const { path, sizeBytes } of plan.replaced) {
    const stage = stages.of(parentOf(path));
    needed.set(stage, (needed.get(stage) ?? RESERVE_BYTES) + sizeBytes + BLOCK_BYTES);
  }
  for (const [stage, bytes] of needed) {
    const free = await freeBytes(stage);
    if (free < bytes) {
      return `the file system of ${toText(stage.top)} needs ${mebibytes(bytes)} MiB free and has ${mebibytes(free)}`;
    }
  }
  return null;
}

/** Directories of whose file systems an earlier restore may have left a stage on. */
function directoriesOf({ entries }: Manifest): BytePath[] {
  return entries.filter(({ type }) => type === 'directory').map(({ path }) => path);
}

/** Puts everything that was written on the disk: syncfs(2) of each file system. */
async function syncDisks(tools: Tools, tops: string[]): Promise<void> {
  if (tops.length === 0) return;
  const argv: Argv = ['sync', '--file-system', '--', ...tops.map(toText)];
  const { exitCode, stderr } = await tools.run(argv, { timeoutMs: SYNC_TIMEOUT_MS });
  if (exitCode === 0) return;
  throw new StepFailure(
    'RestoreIncomplete',
    'What was restored could not be written to the disk.',
    {
      remedy: 'Look at the disk (dmesg), and resolve the cycle with restore.',
      command: { argv: [...argv], exitCode, stderrTail: stderr.slice(-2_000) },
    },
  );
}

function typed(directory: string, error: unknown): unknown {
  const isFull = /No space left on device|Disk quota exceeded/;
  if (error instanceof MalformedArchive) {
    // It has the hash that was verified, so it was verified by somebody who lied.
    return tampered(directory, `${ARCHIVE_NAME} cannot be read: ${error.message}`);
  }
  if (error instanceof ExtractionFailed) {
    if (isFull.test(error.message)) return noRoom('the disk ran full in the middle');
    return new StepFailure(
      'RestoreIncomplete',
      `tar could not write the files of the backup: ${error.message.slice(0, 1_000)}`,
      { remedy: 'Mend what tar names, and resolve the cycle with restore.' },
    );
  }
  return errnoOf(error) === 'ENOSPC' ? noRoom('the disk ran full in the middle') : error;
}

function noRoom(what: string): StepFailure {
  return new StepFailure(
    'NotEnoughSpace',
    `The host could not be put back, because there is no room for its files: ${what}.`,
    {
      remedy:
        'Free space there (df -h; journalctl --vacuum-size=100M), and resolve the cycle with restore: it goes on where it stopped.',
    },
  );
}

function refused(sentences: readonly string[]): StepFailure {
  return new StepFailure(
    'RestoreIncomplete',
    `The host was not put back, because ${sentences.length} directories became something else since the backup. Nothing was touched.`,
    {
      remedy:
        'Make them directories with what was in them again, and resolve the cycle with restore.',
      findings: sentences.slice(0, FINDINGS_MAX),
    },
  );
}

function incomplete(refusals: Refusals): StepFailure {
  return new StepFailure(
    'RestoreIncomplete',
    `${refusals.length} paths could not be put back; everything else is as it was.`,
    {
      remedy:
        'Put them right by hand (lsattr shows files that root itself may not change), and resolve the cycle with restore.',
      findings: refusals.slice(0, FINDINGS_MAX),
    },
  );
}
