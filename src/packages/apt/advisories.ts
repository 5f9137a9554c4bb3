import { StepFailure } from '../../domain/failure.ts';
import type { Advisory, Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { archiveContents } from './archive-contents.ts';
import { checkArchive } from '../shared/archives.ts';
import { changelogArgv } from './arguments.ts';
import { fixedBetween, parseChangelog, type ChangelogEntry } from './changelog.ts';
import { newestVersion } from './compare-versions.ts';
import { inParallel } from '../shared/parallel.ts';
import type { AptSettings } from './settings.ts';
import { readListedVersions, type ListedVersion } from './listed-versions.ts';
import { packageStates } from './states.ts';

/** As Advisory bounds them. */
const CVES_MAX = 500;
const TEXT_LENGTH_MAX = 300;

/**
 * What the changelogs of the new versions name: apt has no advisories of its own. Packages of one
 * source share one changelog. It is asked for over the network where no archive is at hand; what
 * could not be had is `unknown`. Never fails.
 */
export async function advisories(
  tools: HostTools,
  settings: AptSettings,
  changes: readonly Change[],
  archiveDirectory?: string,
): Promise<Advisory[]> {
  const listed = await readListedVersions(tools, changes);
  const installed = await installedSources(tools);
  const groups = Map.groupBy(changes, (change) => listed.get(change)?.sourceName ?? change.name);
  const fetch = changelogFetcher(tools, settings);
  const found = new Map<Change, Advisory>();
  await inParallel([...groups], async ([sourceName, group]) => {
    const changelog = (await fromArchives(group, archiveDirectory)) ?? (await fetch(group));
    for (const change of group) {
      const version = listed.get(change);
      found.set(change, describe(change, changelog, version, installed.get(sourceName)));
    }
  });
  return changes.map((change) => found.get(change) ?? unknown(change, 'was not asked for'));
}

type Changelog = { entries: readonly ChangelogEntry[]; from: string } | { unknown: string };

function describe(
  change: Change,
  changelog: Changelog,
  version: ListedVersion | undefined,
  installedVersion: string | undefined,
): Advisory {
  if ('unknown' in changelog) return unknown(change, changelog.unknown);
  if (version === undefined) return unknown(change, 'its source package is not known');
  if (installedVersion === undefined) {
    const why =
      'new on this host: nothing of its source was installed that could have been affected';
    return { package: change.name, id: null, cves: [], source: why };
  }
  const { cves, notice, severity } = fixedBetween(
    changelog.entries,
    installedVersion,
    version.sourceVersion,
  );
  return {
    package: change.name,
    id: notice,
    cves: cves.slice(0, CVES_MAX),
    ...(severity === null ? {} : { severity }),
    source: `${changelog.from}, entries after ${installedVersion}`.slice(0, TEXT_LENGTH_MAX),
  };
}

function unknown(change: Change, why: string): Advisory {
  return { package: change.name, id: null, cves: 'unknown', source: why.slice(0, TEXT_LENGTH_MAX) };
}

/** The newest installed version of every source package: a new kernel package follows on the older kernel packages. */
async function installedSources(tools: HostTools): Promise<Map<string, string>> {
  const versions = new Map<string, string[]>();
  for (const { sourceName, sourceVersion, abbreviation } of await packageStates(tools)) {
    if (abbreviation[1] === 'n' || abbreviation[1] === 'c') continue;
    versions.set(sourceName, [...(versions.get(sourceName) ?? []), sourceVersion]);
  }
  const newest = [...versions].map(([name, all]) => [name, newestVersion(all) ?? ''] as const);
  return new Map(newest);
}

/** The changelog of the smallest archive that has one: the others of its source link to it or repeat it. */
async function fromArchives(
  group: readonly Change[],
  directory: string | undefined,
): Promise<Changelog | null> {
  if (directory === undefined) return null;
  for (const change of group.toSorted((one, other) => one.sizeBytes - other.sizeBytes)) {
    if ((await checkArchive(change, directory)) !== 'good') continue;
    const changelog = await changelogIn(change, directory);
    if (changelog !== null) return { entries: changelog, from: `changelog in ${change.archive}` };
  }
  return null;
}

async function changelogIn(
  change: Change,
  directory: string,
): Promise<readonly ChangelogEntry[] | null> {
  try {
    return (await archiveContents(change, directory)).changelog;
  } catch (error) {
    // Whoever installs it is told the same and stops there; here it is only a changelog less.
    if (error instanceof StepFailure) return null;
    throw error;
  }
}

/**
 * Asks the network for changelogs, one after another, until the time is up or one cannot be
 * reached: where one cannot, none can, and each try costs seconds.
 */
function changelogFetcher(
  tools: HostTools,
  settings: AptSettings,
): (group: readonly Change[]) => Promise<Changelog> {
  const giveUpAt = performance.now() + settings.changelogsMs;
  let reachable = true;
  let queue: Promise<unknown> = Promise.resolve();
  async function ask(group: readonly Change[]): Promise<Changelog> {
    const [change] = group;
    const leftMs = giveUpAt - performance.now();
    if (change === undefined || !reachable) return { unknown: 'its changelog cannot be reached' };
    if (leftMs <= 0) return { unknown: 'the time for changelogs was up' };
    const result = await tools.run(changelogArgv(change, ASK_TIMEOUT_SECONDS), {
      timeoutMs: Math.min(leftMs, ASK_TIMEOUT_SECONDS * 1000),
    });
    const entries = parseChangelog(result.stdout);
    if (result.exitCode === 0 && entries.length > 0)
      return { entries, from: 'changelog of the repository' };
    // 404 says something about this one only.
    reachable = !result.timedOut && /40[34] {2}/.test(result.stderr);
    return {
      unknown: reachable
        ? 'the repository has no changelog of it'
        : 'its changelog cannot be reached',
    };
  }
  return (group) => {
    const answer = queue.then(() => ask(group));
    queue = answer.catch(() => undefined);
    return answer;
  };
}

const ASK_TIMEOUT_SECONDS = 4;
