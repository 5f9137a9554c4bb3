import { compareVersions } from './compare-versions.ts';
import { newestListed, type ListedVersion } from './listed-versions.ts';
import { isCovered } from './parse-simulation.ts';
import { versionBefore, type SimulatedScope } from './simulate-scope.ts';
import { explain } from './simulate.ts';
import type { PackageState } from './states.ts';

/** As PlanOverview bounds it. */
const SENTENCE_LENGTH_MAX = 300;

/**
 * Newer versions that an update leaves alone though nobody holds them, one sentence each. In the
 * scope `security` the advisories themselves are compared with what dnf would do: it has passed over
 * kernels, and over packages whose architecture changes.
 */
export function describeLeftOut(
  simulated: SimulatedScope,
  offered: readonly ListedVersion[],
  states: readonly PackageState[],
  held: readonly string[],
): string[] {
  const wanted =
    simulated.scope === 'all'
      ? offered
      : simulated.fixes.filter((fix) => isNewer(fix, versionBefore(fix, states)));
  const left = newestListed(wanted).filter(
    (version) => !held.includes(version.name) && !isCovered(version, simulated),
  );
  const sentences = [
    ...left.map((version) => describe(version, simulated)),
    ...simulated.excluded.map(
      ({ name, version }) => `${name} ${version} is left out: no security advisory names it`,
    ),
  ];
  return sentences.toSorted().map((sentence) => sentence.slice(0, SENTENCE_LENGTH_MAX));
}

function isNewer({ version }: ListedVersion, installed: string | null): boolean {
  return installed !== null && compareVersions(version, installed) > 0;
}

function describe(version: ListedVersion, { scope, problems }: SimulatedScope): string {
  const why = explain(problems, version) ?? 'dnf does not say why';
  const what =
    scope === 'security'
      ? `has a security fix, ${version.version}, that the plan leaves out`
      : `has a newer version, ${version.version}, that dnf leaves alone`;
  return `${version.name} ${what}: ${why}`;
}
