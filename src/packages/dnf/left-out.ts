import { compareVersions } from './compare-versions.ts';
import { newestListed, type ListedVersion } from './listed-versions.ts';
import { follows, isCovered } from './parse-simulation.ts';
import { versionBefore, type SimulatedScope } from './simulate-scope.ts';
import { explain } from './simulate.ts';
import type { PackageState } from './states.ts';

/** As PlanOverview bounds it. */
const SENTENCE_LENGTH_MAX = 300;

/**
 * Newer versions that an update leaves alone though nobody holds them, one sentence each. The
 * security advisories themselves are compared with what dnf would do: it has passed over kernels,
 * and over packages whose architecture changes, and a mirror may have an advisory without its package.
 */
export function describeLeftOut(
  simulated: SimulatedScope,
  offered: readonly ListedVersion[],
  states: readonly PackageState[],
  held: readonly string[],
): string[] {
  const fixes = simulated.fixes.filter((fix) => isNewer(fix, versionBefore(fix, states)));
  const wanted = simulated.scope === 'all' ? [...offered, ...fixes] : fixes;
  const left = newestListed(wanted).filter(
    (version) => !held.includes(version.name) && !isCovered(version, simulated),
  );
  const sentences = [
    ...left.map((version) => describe(version, simulated, offered)),
    ...simulated.excluded.map(
      ({ name, version }) => `${name} ${version} is left out: no security advisory names it`,
    ),
  ];
  return sentences.toSorted().map((sentence) => sentence.slice(0, SENTENCE_LENGTH_MAX));
}

function isNewer({ version }: ListedVersion, installed: string | null): boolean {
  return installed !== null && compareVersions(version, installed) > 0;
}

function describe(
  version: ListedVersion,
  { fixes, problems }: SimulatedScope,
  offered: readonly ListedVersion[],
): string {
  const isOffered = offered.some(
    (one) => follows(one, version) && compareVersions(one.version, version.version) >= 0,
  );
  const unsaid = isOffered ? 'dnf does not say why' : 'dnf offers no update to it';
  const why = explain(problems, version) ?? unsaid;
  const what = fixes.includes(version)
    ? `has a security fix, ${version.version}, that the plan leaves out`
    : `has a newer version, ${version.version}, that dnf leaves alone`;
  return `${version.name} ${what}: ${why}`;
}
