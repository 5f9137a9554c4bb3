import { mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StepFailure } from '../domain/failure.ts';
import { CycleId } from '../domain/names.ts';
import { createFileExclusively } from './atomic-file.ts';
import { orIfMissing } from './errno.ts';
import { cycleDirectory, type HostPaths } from './paths.ts';

/*
 * One cycle a host at a time, whatever server, namespace or workflow asks for it.
 *
 * The lock is a row of numbered files in `<state>/lock/`. The highest number tells who holds it;
 * `<number>.released` beside it says that nobody does. Taking the lock creates the next number,
 * which of many callers exactly one can do. Nothing is ever replaced or deleted but numbers that
 * are long past, so there is no moment between looking and acting in which somebody else's lock
 * could be destroyed: neither by a release that comes late nor by two that take over at once.
 */

/** Who holds the lock, and since when. */
export const LockHolder = z.object({
  cycle: CycleId,
  namespace: z.string(),
  workflowId: z.string(),
  /** Missing in what agents before this field have written. */
  runId: z.string().optional(),
  requestedBy: z.string(),
  since: z.iso.datetime(),
  /** The cycle from which the lock was taken over; it is known to have ended or to be dead. */
  tookOver: CycleId.optional(),
});
export type LockHolder = z.infer<typeof LockHolder>;

export type LockRequest = Omit<LockHolder, 'since' | 'tookOver'> & {
  /** The one cycle whose lock may be taken over, named by a person. */
  takeOver?: CycleId | undefined;
  /** Whether a holder is known to have ended without giving the lock back; asked only when it is in the way. */
  hasEnded?: ((holder: LockHolder) => Promise<boolean>) | undefined;
};

/** Numbers that are kept for people who look; the lock needs the highest only. */
const NUMBERS_KEPT = 20;

/** Somebody else came first that often: that is no race any more. */
const ATTEMPTS_MAX = 100;

type Top = { number: number; holder: LockHolder | null };

/**
 * Takes the host's lock for a cycle; a cycle that has it already keeps it. Answers the holder.
 * One that has written its report, or that `hasEnded` knows, is replaced as if it were taken over.
 * Fails with `HostLocked`, naming the cycle that has it, and with `HostRefuses` for a cycle that is over.
 */
export async function acquireLock(
  paths: HostPaths,
  request: LockRequest,
  now: () => Date = () => new Date(),
): Promise<LockHolder> {
  const directory = lockDirectory(paths);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const { number, holder } = await readTop(directory);
    if (holder?.cycle === request.cycle) return holder;
    if (await hasReport(paths, request.cycle)) throw isOver(request);
    if (holder !== null && !(await mayReplace(paths, holder, request)))
      throw locked(holder, request);
    const { takeOver: _takeOver, hasEnded: _hasEnded, ...own } = request;
    const next: LockHolder = {
      ...own,
      since: now().toISOString(),
      ...(holder === null ? {} : { tookOver: holder.cycle }),
    };
    if (await createFileExclusively(join(directory, String(number + 1)), JSON.stringify(next))) {
      await removePast(directory, number + 1);
      return next;
    }
  }
  throw new Error(
    `The lock in ${directory} changed hands ${ATTEMPTS_MAX} times while it was asked for`,
  );
}

/** The report is a cycle's last word on its host; after it comes nothing but the release. */
async function mayReplace(
  paths: HostPaths,
  holder: LockHolder,
  { takeOver, hasEnded }: LockRequest,
): Promise<boolean> {
  if (holder.cycle === takeOver) return true;
  if (await hasReport(paths, holder.cycle)) return true;
  return (await hasEnded?.(holder)) ?? false;
}

async function hasReport(paths: HostPaths, cycle: CycleId): Promise<boolean> {
  const report = join(cycleDirectory(paths, cycle), 'report.json');
  return (await orIfMissing(stat(report), null)) !== null;
}

/** Its backup is still there: whoever could begin it again could put the host back to before it. */
function isOver({ cycle }: LockRequest): StepFailure {
  return new StepFailure(
    'HostRefuses',
    `The cycle ${cycle} has written its report on this host, so it is over and does not begin again.`,
    { remedy: 'Start a new cycle: patchcycle patch HOST.' },
  );
}

/** Gives the lock back if this cycle has it; does nothing otherwise. */
export async function releaseLock(paths: HostPaths, cycle: CycleId): Promise<void> {
  const directory = lockDirectory(paths);
  const { number, holder } = await readTop(directory);
  if (holder?.cycle !== cycle) return;
  await createFileExclusively(join(directory, `${number}.released`), '');
}

/** Who holds the host's lock, or null. */
export async function lockHolder(paths: HostPaths): Promise<LockHolder | null> {
  return (await readTop(lockDirectory(paths))).holder;
}

/**
 * Refuses a step of a cycle that does not have the lock, because it gave it back or somebody took
 * it over. Answers the holder. Fails with `HostLocked`.
 */
export async function requireLock(paths: HostPaths, cycle: CycleId): Promise<LockHolder> {
  const holder = await lockHolder(paths);
  if (holder?.cycle === cycle) return holder;
  throw new StepFailure(
    'HostLocked',
    holder === null
      ? `The cycle ${cycle} does not have the lock of this host any more, so it may not touch it.`
      : `The cycle ${holder.cycle} (workflow ${holder.workflowId}) has taken over this host, so ${cycle} may not touch it any more.`,
    {
      remedy:
        'Leave the host to the other cycle, and end this one: patchcycle resolve HOST --how accept.',
    },
  );
}

function lockDirectory(paths: HostPaths): string {
  return join(paths.stateDirectory, 'lock');
}

async function readTop(directory: string): Promise<Top> {
  const names: string[] = await orIfMissing(readdir(directory), []);
  const number = Math.max(0, ...names.filter(isNumber).map(Number));
  if (number === 0 || names.includes(`${number}.released`)) return { number, holder: null };
  const text = await orIfMissing(readFile(join(directory, String(number)), 'utf8'), null);
  // So many numbers were taken since the listing that this one is past: look again.
  if (text === null) return readTop(directory);
  return { number, holder: LockHolder.parse(JSON.parse(text)) };
}

async function removePast(directory: string, top: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const number = Number(name.replace(/\.released$/, ''));
    if (number <= top - NUMBERS_KEPT) await orIfMissing(unlink(join(directory, name)), undefined);
  }
}

function isNumber(name: string): boolean {
  return /^\d{1,12}$/.test(name);
}

function locked(holder: LockHolder, request: LockRequest): StepFailure {
  const wrongName =
    request.takeOver === undefined
      ? ''
      : ` The cycle ${request.takeOver}, which was to be taken over, does not have it.`;
  const run = holder.runId === undefined ? '' : `, run ${holder.runId}`;
  return new StepFailure(
    'HostLocked',
    `This host is locked by the patch cycle ${holder.cycle}, which ${holder.requestedBy} asked for: workflow ${holder.workflowId} in namespace ${holder.namespace}${run}, since ${holder.since}.${wrongName}`,
    {
      remedy: `Look at it with "patchcycle status" and let it end. Only if that cycle is known to be dead, start again with --take-over ${holder.cycle}.`,
    },
  );
}
