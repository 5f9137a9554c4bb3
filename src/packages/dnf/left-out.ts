import type { HostTools } from '../../host/tools.ts';
import { upgradesArgv } from './arguments.ts';
import { compareVersions } from './compare-versions.ts';
import type { Dialect } from './dialects/dialect.ts';
import { listVersions, newestListed, type ListedVersion } from './listed-versions.ts';
import { follows } from './parse-simulation.ts';
import { versionBefore, type SimulatedScope, type Situation } from './simulate-scope.ts';
import { explain } from './simulate.ts';

/** As PlanOverview bounds it. */
const SENTENCE_LENGTH_MAX = 300;

/**
 * Newer versions that the plan leaves alone though nobody holds them, one sentence each. In the
 * scope `security` the advisories themselves are compared with what dnf would do: it has passed over
 * kernels, and over packages whose architecture changes.
 */
export async function describeLeftOut(
  tools: HostTools,
  dialect: Dialect,
  situation: Situation,
  simulated: SimulatedScope,
): Promise<string[]> {
  const { held, scope, states, fixes } = situation;
  const offered =
    scope === 'security'
      ? fixes.filter((fix) => isNewer(fix, versionBefore(fix, states)))
      : await listVersions(
          tools,
          upgradesArgv(dialect, 'with'),
          'the newer versions could not be listed',
        );
  const left = newestListed(offered).filter(
    (version) => !held.includes(version.name) && !isCovered(version, simulated),
  );
  const sentences = [
    ...left.map((version) => describe(version, situation, simulated)),
    ...simulated.excluded.map(
      ({ name, version }) => `${name} ${version} is left out: no security advisory names it`,
    ),
  ];
  return sentences.toSorted().map((sentence) => sentence.slice(0, SENTENCE_LENGTH_MAX));
}

function isNewer({ version }: ListedVersion, installed: string | null): boolean {
  return installed !== null && compareVersions(version, installed) > 0;
}

/** The plan brings this version or a newer one, or the package goes. */
function isCovered(version: ListedVersion, { installs, removals }: SimulatedScope): boolean {
  return (
    removals.some((removal) => follows(version, removal)) ||
    installs.some(
      (install) =>
        follows(install, version) && compareVersions(install.newVersion, version.version) >= 0,
    )
  );
}

function describe(
  version: ListedVersion,
  { scope }: Situation,
  { problems }: SimulatedScope,
): string {
  const why = explain(problems, version) ?? 'dnf does not say why';
  const what =
    scope === 'security'
      ? `has a security fix, ${version.version}, that the plan leaves out`
      : `has a newer version, ${version.version}, that dnf leaves alone`;
  return `${version.name} ${what}: ${why}`;
}
