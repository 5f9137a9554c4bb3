import { StepFailure } from '../../domain/failure.ts';
import type { Advisory, Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { inPortions } from '../shared/portions.ts';
import type { AdvisoryEntry } from './advisory-entry.ts';
import { advisoryCvesArgv, advisoryListArgv } from './arguments.ts';
import { compareVersions } from './compare-versions.ts';
import type { Dialect } from './dialects/dialect.ts';
import { runPackageTool } from './run.ts';
import { gravest } from './severity.ts';
import { versionBefore } from './simulate-scope.ts';
import { packageStates, type PackageState } from './states.ts';

/** As Advisory bounds them. */
const CVES_MAX = 500;
const TEXT_LENGTH_MAX = 300;
const ID_LENGTH_MAX = 100;

const WHAT = 'the advisories could not be listed';

/** An advisory's package, with the CVEs that it fixes. */
type Described = AdvisoryEntry & { cves: string[] };

/**
 * What the repositories' advisories name between the installed and the new version of each change.
 * Asks no network; what could not be asked is `unknown`. Never fails.
 */
export async function advisories(
  tools: HostTools,
  dialect: Dialect,
  changes: readonly Change[],
): Promise<Advisory[]> {
  try {
    const states = await packageStates(tools);
    const entries = await readAdvisories(tools, dialect, changes);
    return changes.map((change) => describe(change, states, entries));
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return changes.map((change) => unknown(change, error.message));
  }
}

/** The advisories about the packages of the changes; null where the repositories carry none at all. */
async function readAdvisories(
  tools: HostTools,
  dialect: Dialect,
  changes: readonly Change[],
): Promise<Described[] | null> {
  const { stdout } = await runPackageTool(tools, advisoryListArgv(dialect), WHAT);
  const all = dialect.parseAdvisoryList(stdout);
  if (all.length === 0) return null;
  const names = new Set(changes.map(({ name }) => name));
  const entries = all.filter(({ name }) => names.has(name));
  const described: Described[] = [];
  for (const portion of inPortions([...new Set(entries.map(({ id }) => id))])) {
    const argv = advisoryCvesArgv(dialect, portion);
    const cvesOf = dialect.parseAdvisoryCves((await runPackageTool(tools, argv, WHAT)).stdout);
    const ofPortion = entries.filter(({ id }) => portion.includes(id));
    described.push(...ofPortion.map((entry) => ({ ...entry, cves: cvesOf(entry) })));
  }
  return described;
}

function describe(
  change: Change,
  states: readonly PackageState[],
  entries: readonly Described[] | null,
): Advisory {
  if (entries === null) return unknown(change, 'the repositories carry no advisories');
  const before = change.oldVersion ?? versionBefore(change, states);
  const applying =
    before === null ? [] : entries.filter((entry) => isBetween(entry, before, change));
  if (applying.length === 0 && change.security) {
    // dnf's list is of the packages that are installed, in the architecture in which they are.
    return unknown(change, 'a security advisory names it, and dnf does not say which');
  }
  if (before === null) {
    const why = 'new on this host: nothing of it was installed that could have been affected';
    return { package: change.name, id: null, cves: [], source: why };
  }
  const newestFirst = applying.toSorted((one, other) =>
    compareVersions(other.version, one.version),
  );
  const [decisive] = [...newestFirst.filter(({ security }) => security), ...newestFirst];
  const severity = gravest(
    applying.filter(({ security }) => security).map((entry) => entry.severity),
  );
  const cves = applying.flatMap((entry) => entry.cves).filter((cve) => CVE.test(cve));
  return {
    package: change.name,
    id: decisive?.id.slice(0, ID_LENGTH_MAX) ?? null,
    cves: [...new Set(cves)].toSorted(byNumber).slice(0, CVES_MAX),
    ...(severity === undefined ? {} : { severity }),
    source: describeSource(newestFirst, before).slice(0, TEXT_LENGTH_MAX),
  };
}

const CVE = /^CVE-\d{4}-\d{4,7}$/;

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

function isBetween(entry: AdvisoryEntry, before: string, change: Change): boolean {
  return (
    entry.name === change.name &&
    entry.architecture === change.architecture &&
    compareVersions(entry.version, before) > 0 &&
    compareVersions(entry.version, change.newVersion) <= 0
  );
}

/** `advisories after 1-1: LAB-2026:0001 (Important), LAB-2026:0002`. */
function describeSource(applying: readonly AdvisoryEntry[], before: string): string {
  if (applying.length === 0) return `no advisory names a version after ${before}`;
  const named = applying.map(({ id, severity }) => (severity === '' ? id : `${id} (${severity})`));
  return `advisories after ${before}: ${[...new Set(named)].join(', ')}`;
}

function unknown(change: Change, why: string): Advisory {
  return { package: change.name, id: null, cves: 'unknown', source: why.slice(0, TEXT_LENGTH_MAX) };
}
