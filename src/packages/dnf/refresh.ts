import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../../domain/failure.ts';
import type { CommandResult, HostTools } from '../../host/tools.ts';
import { waitForLocks } from '../shared/locks.ts';
import { remedyFor } from '../shared/remedies.ts';
import { DNF_ENVIRONMENT, refreshArgv, repositoryTimesArgv } from './arguments.ts';
import { classify } from './classify.ts';
import type { Dialect } from './dialects/dialect.ts';
import { readListTimes, writeListTimes } from './list-times.ts';
import { findMetadataLockHolder } from './locks.ts';
import { DNF_REMEDIES } from './remedies.ts';
import { askPackageTool, packageToolFailure, runPackageTool } from './run.ts';
import type { DnfSettings } from './settings.ts';

/** dnf gives up on a silent mirror after two minutes; this bounds many slow ones together. */
const REFRESH_TIMEOUT_MS = 900_000;

const LOST_PAUSE_MS = 1_000;

/**
 * See {@link PackageManager.refresh} of the port. The lists of this family do not say how long they
 * are valid, so what is refused as expired are lists older than those that the host has had.
 */
export async function refresh(
  tools: HostTools,
  dialect: Dialect,
  settings: DnfSettings,
): Promise<void> {
  const cached = await readTimesBefore(tools, dialect);
  const known = newest(await readListTimes(settings.listTimesFile), cached);
  await fetchLists(tools, dialect, settings);
  const argv = repositoryTimesArgv(dialect);
  const { stdout } = await runPackageTool(tools, argv, 'the repositories could not be listed');
  const after = dialect.parseRepositoryTimes(stdout);
  if (after.size === 0) throw noRepositories();
  for (const [repository, time] of after) {
    const earlier = known.get(repository);
    if (earlier === undefined || time >= earlier) continue;
    // dnf has them in its cache now, and would be asked there the next time.
    await writeListTimes(settings.listTimesFile, known);
    throw goneBack(repository, { earlier, time }, settings);
  }
  await writeListTimes(settings.listTimesFile, newest(known, after));
}

/** A time that is still to come is left out: no right one would ever again be as new. */
function newest(
  known: ReadonlyMap<string, number>,
  seen: ReadonlyMap<string, number>,
): Map<string, number> {
  const times = new Map(known);
  for (const [repository, time] of seen) {
    const isNewer = time > (times.get(repository) ?? -Infinity);
    if (isNewer && time <= Date.now()) times.set(repository, time);
  }
  return times;
}

/** Empty where there are no lists yet. */
async function readTimesBefore(tools: HostTools, dialect: Dialect): Promise<Map<string, number>> {
  const { exitCode, stdout } = await askPackageTool(tools, repositoryTimesArgv(dialect));
  return exitCode === 0 ? dialect.parseRepositoryTimes(stdout) : new Map<string, number>();
}

async function fetchLists(
  tools: HostTools,
  dialect: Dialect,
  settings: DnfSettings,
): Promise<void> {
  const giveUpAt = performance.now() + settings.lockWaitMs;
  for (;;) {
    const leftMs = Math.max(0, giveUpAt - performance.now());
    await waitForLocks(findMetadataLockHolder, leftMs, (text) => tools.progress(text));
    const result = await tools.run(refreshArgv(dialect), {
      env: DNF_ENVIRONMENT,
      timeoutMs: REFRESH_TIMEOUT_MS,
    });
    if (result.exitCode === 0) return;
    // Somebody took the lock between the look and dnf's start, or holds it where nobody can look.
    if (!isLocked(result) || performance.now() >= giveUpAt) {
      throw packageToolFailure(
        result,
        'the package lists could not be brought up to date',
        'lists',
      );
    }
    await sleep(LOST_PAUSE_MS);
  }
}

function isLocked({ stdout, stderr }: CommandResult): boolean {
  return classify(`${stderr}\n${stdout}`, 'lists') === 'PackageLockHeld';
}

/** Otherwise a host that is not registered with its vendor would count as up to date. */
function noRepositories(): StepFailure {
  return new StepFailure('UnsupportedHost', 'no repository is enabled on this host', {
    remedy:
      'Look at `dnf repolist` and /etc/yum.repos.d; where the vendor asks for it, register the host with its subscription.',
  });
}

function goneBack(
  repository: string,
  { earlier, time }: { earlier: number; time: number },
  { listTimesFile }: DnfSettings,
): StepFailure {
  return new StepFailure(
    'ReleaseExpired',
    `the lists of the repository ${repository} are of ${shown(time)}, this host had those of ${shown(earlier)}`,
    {
      remedy: `${remedyFor('ReleaseExpired', DNF_REMEDIES)} Where the vendor itself has gone back, delete ${listTimesFile} on the host.`,
    },
  );
}

function shown(time: number): string {
  return new Date(time).toISOString();
}
