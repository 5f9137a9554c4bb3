import { StepFailure } from '../src/domain/failure.ts';
import {
  OVERVIEW_ROWS_MAX,
  Plan,
  type Advisory,
  type Change,
  type ChangeRow,
  type PlanOverview,
  type Scope,
} from '../src/domain/plan.ts';
import type { PlanLimits } from '../src/domain/plan-limits.ts';
import type { PlanInput, StepInput } from '../src/domain/steps.ts';
import { archivesOf } from '../src/host/paths.ts';
import { changesDigest, planDigest } from '../src/packages/digest.ts';
import type { ExcludedVersion, PackageManager, PlannedPackages } from '../src/packages/port.ts';
import { objectionTo } from '../src/planning/plan-limits.ts';
import type { StepContext } from './context.ts';

/*
 * | step | does                                                            | undo |
 * | ---- | --------------------------------------------------------------- | ---- |
 * | plan | writes down what would change and why it matters; nothing more  | none |
 *
 * Made again after the wait for the window; the last one made is the one that counts.
 */

/**
 * Archives are downloaded before anybody has approved them only to read their changelogs, and only
 * up to this size: a busy link shall not be filled for a plan that may be rejected.
 */
const CHANGELOG_ARCHIVES_BYTES_MAX = 500_000_000;

/** On a slow link too a plan is made while it is waited for; what came goes on being used. */
const CHANGELOG_ARCHIVES_MAX_MS = 300_000;

/**
 * Makes the plan, keeps it as the journal's entries `plan` and `advisories`, and answers what people
 * and the workflow see of it. Fails with `DependencyProblem`, `PlanUnparsable`, `UnsupportedHost`.
 */
export async function plan(context: StepContext, input: PlanInput): Promise<PlanOverview> {
  const { packages, journal, config } = context;
  const { scope } = input.policy;
  const planned = await planWithin(packages, scope, input.limits);
  const { changes, removals } = planned;
  const made = checked({
    format: 1,
    host: config.host,
    manager: packages.name,
    scope,
    changes,
    removals,
  });
  const advisories = await findAdvisories(context, input, made.changes);
  await journal.write('advisories', advisories);
  await journal.write('plan', made);
  return overview(made, planned, advisories);
}

/** Each round leaves out at least one version; a repository offers a handful of each package. */
const ROUNDS_MAX = 20;

/**
 * Plans without what may not be brought. A version that is left out may make room for another one
 * of its package, or take others with it, so it is planned again until nothing is to object to.
 */
async function planWithin(
  packages: PackageManager,
  scope: Scope,
  limits: PlanLimits = { knownBad: [] },
): Promise<PlannedPackages> {
  const excluded: ExcludedVersion[] = [];
  const objections: string[] = [];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const planned = await packages.plan(scope, excluded);
    const before = excluded.length;
    for (const change of planned.changes) {
      const objection = objectionTo(change, limits);
      if (objection === null) continue;
      excluded.push({ name: change.name, version: change.newVersion });
      objections.push(objection);
    }
    if (excluded.length === before) {
      return { ...planned, leftOut: [...new Set([...objections, ...planned.leftOut])] };
    }
  }
  throw new StepFailure(
    'DependencyProblem',
    `What may not be installed could not be left out of the plan: ${objections.at(-1)}.`,
    { remedy: 'Clear versions that are known to be bad, or install these packages by hand.' },
  );
}

/** A name or version that is none is refused here, before it can reach a command line. */
function checked(made: unknown): Plan {
  const parsed = Plan.safeParse(made);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StepFailure(
    'PlanUnparsable',
    `The package tools answered with what cannot be in a plan: ${issue?.path.join('.')}: ${issue?.message}`,
    {
      remedy:
        'Nothing was changed. Look at the repositories of this host: one of them offers a package with a malformed name or version.',
    },
  );
}

/**
 * A security update's own changelog says which CVEs it mends. It is in the archive, which is needed
 * anyway; a host often reaches its mirror and nothing else.
 */
async function findAdvisories(
  context: StepContext,
  input: StepInput,
  changes: readonly Change[],
): Promise<Advisory[]> {
  const { packages, paths, tools } = context;
  const directory = archivesOf(paths, input.cycle);
  const urgent = changes.filter(({ security }) => security);
  const bytes = urgent.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (urgent.length > 0 && bytes <= CHANGELOG_ARCHIVES_BYTES_MAX) {
    try {
      await packages.download(urgent, directory, CHANGELOG_ARCHIVES_MAX_MS);
    } catch (error) {
      // The step `download` meets the same failure and judges it; here a changelog stays unknown.
      if (!(error instanceof StepFailure)) throw error;
      tools.progress(`changelogs are missing: ${error.message}`);
    }
  }
  return packages.advisories(changes, directory);
}

function overview(
  made: Plan,
  planned: PlannedPackages,
  advisories: readonly Advisory[],
): PlanOverview {
  return {
    digest: planDigest(made),
    changes: changesDigest(made),
    scope: made.scope,
    madeAt: new Date().toISOString(),
    changeCount: made.changes.length,
    securityCount: made.changes.filter(({ security }) => security).length,
    removalCount: made.removals.length,
    downloadBytes: made.changes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    rows: rows(made.changes, advisories),
    removals: made.removals.slice(0, OVERVIEW_ROWS_MAX),
    held: planned.held.slice(0, OVERVIEW_ROWS_MAX),
    leftOut: planned.leftOut.slice(0, OVERVIEW_ROWS_MAX),
    rebootExpected: planned.rebootExpected,
  };
}

/** CVEs of one row, and of all rows together: a kernel has hundreds, and 100 kB are enough for a payload. */
const ROW_CVES_MAX = 100;
const ALL_CVES_MAX = 6_000;

/** Security first, because a long plan's rows are cut. The whole lists stay in the host's journal. */
function rows(changes: readonly Change[], advisories: readonly Advisory[]): ChangeRow[] {
  let cvesLeft = ALL_CVES_MAX;
  const paired = changes.map((change, index) => ({ change, advisory: advisories[index] }));
  return paired
    .toSorted((one, other) => Number(other.change.security) - Number(one.change.security))
    .slice(0, OVERVIEW_ROWS_MAX)
    .map(({ change, advisory }) => {
      const { name, architecture, oldVersion, newVersion, origin, security, sizeBytes } = change;
      const { oldArchitecture } = change;
      const known = advisory?.cves ?? 'unknown';
      const cves = known === 'unknown' ? known : known.slice(0, Math.min(ROW_CVES_MAX, cvesLeft));
      cvesLeft -= cves === 'unknown' ? 0 : cves.length;
      return {
        ...{ name, architecture, oldVersion, newVersion, origin, security, sizeBytes, cves },
        ...(oldArchitecture === undefined ? {} : { oldArchitecture }),
        advisory: advisory?.id ?? null,
      };
    });
}
