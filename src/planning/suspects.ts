import type { FailureRecord, FailureType } from '../domain/failure.ts';
import type { BadReport, BadVersions, ClearBad, SuspectVersion } from '../domain/known-bad.ts';
import { SUSPECTS_MAX } from '../domain/known-bad.ts';
import type { PlanOverview } from '../domain/plan.ts';

/** Failures that a new version of a package may be the reason of. The others are the host's, the network's or time's. */
const OF_THE_UPDATE: readonly string[] = [
  'PackageJobFailed',
  'PackageJobTimedOut',
  'PackageStateBroken',
  'RebootNotProven',
  'NewLogErrors',
  'HealthWorse',
] satisfies FailureType[];

/**
 * The versions that may be the reason why a host had to be restored. Certain is one that the
 * failure names, or that was the only one; otherwise all that were new are suspected.
 */
export function suspectsOf(
  { rows, changeCount }: Pick<PlanOverview, 'rows' | 'changeCount'>,
  cause: FailureRecord,
): BadReport['suspects'] {
  if (!OF_THE_UPDATE.includes(cause.type)) return [];
  const text = [
    cause.message,
    ...(cause.details?.findings ?? []),
    cause.details?.command?.stderrTail,
  ]
    .filter(Boolean)
    .join(' ');
  const versions = rows.map(({ name, newVersion }) => ({ package: name, version: newVersion }));
  const namedIn = (said: string) => versions.filter((one) => namesPackage(said, one.package));
  const spokenOf = namedIn(text.replace(SPEAKERS, ' '));
  const named = spokenOf.length > 0 ? spokenOf : namedIn(text);
  if (named.length > 0) return named.map((one) => ({ ...one, certain: true }));
  return versions.map((one) => ({ ...one, certain: changeCount === 1 }));
}

/** `systemd[1]:`, `dpkg:` and `/usr/bin/dpkg` speak, most of the time of another package than their own. */
const SPEAKERS = /\/\S+|(?<![\w.+-])[\w+-]+(?:\[\d+\])?:(?=\s|$)/g;

/** As a word of its own: `ssh` is not named by `openssh` or `ssh-agent`, but by `ssh.service`. */
function namesPackage(text: string, name: string): boolean {
  const quoted = name.replace(/[.+]/g, '\\$&');
  return new RegExp(`(?:^|[^\\w.+-])${quoted}(?![\\w+-])`).test(text);
}

/** Whether plans leave it out: it certainly was the reason once, or two hosts were restored after it. */
export function isKnownBad({ certain, seenBy, cleared }: SuspectVersion): boolean {
  return cleared === undefined && (certain || new Set(seenBy.map(({ host }) => host)).size >= 2);
}

/** Notes what a restored host suspects. Of what a person cleared before, only what comes after that counts. */
export function noteBad(bad: Pick<BadVersions, 'versions'>, report: BadReport, at: string): void {
  const { host, cycle } = report;
  const seen = { host, cycle, at };
  for (const suspect of report.suspects) {
    const known = find(bad, suspect);
    if (known === undefined || known.cleared !== undefined) {
      bad.versions = bad.versions.filter((one) => one !== known);
      bad.versions.push({ ...suspect, seenBy: [seen] });
    } else {
      known.certain ||= suspect.certain;
      const others = known.seenBy.filter((one) => one.host !== host);
      known.seenBy = [...others, seen].slice(-SEEN_KEPT);
    }
  }
  forget(bad);
}

/** Two hosts make a version known bad; more are no more news. */
const SEEN_KEPT = 3;

/** The whole list is one answer to a query and one input of a workflow, for which Temporal takes 2 MB. */
const LIST_SIZE_MAX = 1_000_000;

function forget(bad: Pick<BadVersions, 'versions'>): void {
  let count = bad.versions.length;
  let size = JSON.stringify(bad.versions).length;
  if (count <= SUSPECTS_MAX && size <= LIST_SIZE_MAX) return;
  const forgotten = new Set<SuspectVersion>();
  for (const version of bad.versions.toSorted((one, other) => rank(one) - rank(other))) {
    if (count <= SUSPECTS_MAX && size <= LIST_SIZE_MAX) break;
    forgotten.add(version);
    count -= 1;
    size -= JSON.stringify(version).length + 1;
  }
  bad.versions = bad.versions.filter((one) => !forgotten.has(one));
}

/** Sorted by this, the list keeps its order within those that were cleared, those suspected, those known. */
function rank(version: SuspectVersion): number {
  return version.cleared !== undefined ? 0 : isKnownBad(version) ? 2 : 1;
}

/** Answers whether there was anything to clear. */
export function clearBad(bad: Pick<BadVersions, 'versions'>, clear: ClearBad, at: string): boolean {
  const known = find(bad, clear);
  if (known === undefined || known.cleared !== undefined) return false;
  known.cleared = { by: clear.by, why: clear.why, at };
  return true;
}

function find(
  { versions }: Pick<BadVersions, 'versions'>,
  wanted: { package: string; version: string },
): SuspectVersion | undefined {
  return versions.find((one) => one.package === wanted.package && one.version === wanted.version);
}
