import { FINDINGS_MAX, StepFailure } from '../../domain/failure.ts';
import type { Change, Removal } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import type { CommandResult, HostTools, JobResult } from '../../host/tools.ts';
import type { InstallInput, InstallResult } from '../port.ts';
import { archivePath, checkArchive } from '../shared/archives.ts';
import { deviations } from '../shared/compare-simulation.ts';
import { wasCutOff } from '../shared/install-failure.ts';
import {
  DRIFT_REMEDY,
  Installation,
  type Installer,
  type Remaining,
} from '../shared/installation.ts';
import { keyOf } from '../shared/key-of.ts';
import { DNF_ENVIRONMENT, installArgv } from './arguments.ts';
import { settleConfigFiles } from './config-files.ts';
import type { Dialect } from './dialects/dialect.ts';
import { doublesOf } from './doubles.ts';
import { readArchiveFiles } from './file-lists.ts';
import { readHeld } from './held.ts';
import { jobFailure, scriptsFailed } from './install-failure.ts';
import { LEFT_ASIDE_ENDINGS } from './left-aside.ts';
import { removeLeftovers } from './leftovers.ts';
import { findRpmLockHolder } from './locks.ts';
import { readAutomaticMarks, restoreMarks } from './marks.ts';
import { recover, stillBroken } from './recover.ts';
import { askPackageTool, packageToolFailure } from './run.ts';
import { failedScripts, isPartlyUnread, SCRIPT_FAILED } from './scripts.ts';
import type { DnfSettings } from './settings.ts';
import { nevraOf, packageStates, type PackageState } from './states.ts';

/** See {@link PackageManager.install} of the port. */
export async function install(
  tools: HostTools,
  dialect: Dialect,
  settings: DnfSettings,
  input: InstallInput,
): Promise<InstallResult> {
  const installer = dnfInstaller(tools, dialect, settings, input);
  return new Installation(tools, settings.lockWaitMs, input, installer).run();
}

function dnfInstaller(
  tools: HostTools,
  dialect: Dialect,
  settings: DnfSettings,
  input: InstallInput,
): Installer<PackageState> {
  const pathsOf = (changes: readonly Change[]) =>
    changes.map((change) => archivePath(change, input.directory));
  const known = knownChanges(input);
  return {
    findLockHolder: findRpmLockHolder,
    leftAsideEndings: LEFT_ASIDE_ENDINGS,
    readStates: () => packageStates(tools),
    remaining: (states) => remainingOf(input, states),
    isInterrupted: (states) => doublesOf(known, states).length > 0,
    simulate: (remaining, states, unfinished) => {
      if (remaining.changes.length > 0) return simulate(tools, dialect, input, remaining);
      // Nothing is left to be brought, and what recovery could not mend no other run does.
      const doubles = doublesOf(known, states);
      if (doubles.length > 0) throw stillBroken(doubles);
      if (unfinished.length > 0) throw scriptsFailed(unfinished);
      throw cannotRemove(remaining);
    },
    command: ({ changes }) => ({
      argv: installArgv(dialect, pathsOf(changes), 'run'),
      env: DNF_ENVIRONMENT,
      notable: SCRIPT_FAILED,
    }),
    unfinishedAfter: async ({ changes }, result) => {
      if (wasCutOff(result)) await removeLeftovers(await readArchiveFiles(tools, pathsOf(changes)));
      return unfinishedOf(changes, result, await packageStates(tools));
    },
    heal: (jobPrefix, unfinished) => heal(tools, settings, input, jobPrefix, unfinished),
    readAutomaticMarks: () => readAutomaticMarks(tools, dialect),
    restoreMarks: (automatic) => restoreMarks(tools, dialect, input, automatic),
    settleConfiguration: (leftAside) => settleConfigFiles(leftAside, input.configFiles),
    failure: (argv, result, states, unfinished) =>
      jobFailure({ argv, result }, doublesOf(known, states), {
        changes: remainingOf(input, states).changes,
        unfinished,
      }),
  };
}

/**
 * Answers the changes that dnf has to be told of: those that remain, and where they need others of
 * the approved plan, all of it that is downloaded.
 */
async function simulate(
  tools: HostTools,
  dialect: Dialect,
  input: InstallInput,
  remaining: Remaining,
): Promise<readonly Change[]> {
  const held = await readHeld(tools, dialect);
  const findings = remaining.changes
    .filter(({ name }) => held.includes(name))
    .map((change) => `somebody holds ${keyOf(change)} back since the plan was approved`);
  const alone = await ask(tools, dialect, input, remaining.changes);
  const pulled = alone.simulation === null ? await downloaded(input) : [];
  const chosen = pulled.length > remaining.changes.length ? pulled : remaining.changes;
  const asked = chosen === pulled ? await ask(tools, dialect, input, chosen) : alone;
  if (asked.simulation === null) throw cannotResolve(asked.result);
  const approved = { ...remaining, allowed: input.allowed };
  findings.push(...deviations('dnf', asked.simulation, approved));
  if (findings.length === 0) return chosen;
  throw commandFailure(
    'PlanDrifted',
    `the host no longer allows what was approved: ${findings[0]}`,
    asked.result,
    DRIFT_REMEDY,
    findings.slice(0, FINDINGS_MAX),
  );
}

async function ask(
  tools: HostTools,
  dialect: Dialect,
  { directory }: InstallInput,
  changes: readonly Change[],
) {
  const archives = changes.map((change) => archivePath(change, directory));
  const result = await askPackageTool(tools, installArgv(dialect, archives, 'simulate'));
  return { result, simulation: dialect.parseSimulation(result.stdout) };
}

/** What of the approved plan lies there as it was approved. */
async function downloaded({ allowed, directory }: InstallInput): Promise<Change[]> {
  const good: Change[] = [];
  for (const change of allowed) {
    if ((await checkArchive(change, directory)) === 'good') good.push(change);
  }
  return good;
}

function cannotResolve(result: CommandResult): StepFailure {
  const failure = packageToolFailure(
    result,
    'the approved plan can no longer be installed as it is',
    'resolution',
  );
  if (failure.type !== 'DependencyProblem' && failure.type !== 'VersionVanished') return failure;
  const problems = parseProblems(`${result.stdout}\n${result.stderr}`);
  return commandFailure('PlanDrifted', failure.message, result, DRIFT_REMEDY, problems);
}

/** What dnf's resolver names below `Problem:`, `  - nothing provides lib >= 2 needed by web-1-1.noarch`. */
function parseProblems(output: string): string[] {
  const problems = [...output.matchAll(/^ +- (.+)$/gm)].map(([, problem = '']) => problem.trim());
  return [...new Set(problems)].slice(0, FINDINGS_MAX);
}

/** A removal that the plan's changes bring about is made with them; rpm has no other here. */
function cannotRemove({ removals }: Remaining): StepFailure {
  const names = removals.map(keyOf).join(', ');
  return new StepFailure('PlanDrifted', `nothing of the plan removes ${names} any more`, {
    remedy: DRIFT_REMEDY,
  });
}

/** After a run that was cut off nobody knows which scripts have come to an end. */
function unfinishedOf(
  changes: readonly Change[],
  result: JobResult,
  states: readonly PackageState[],
): string[] {
  const failed = failedScripts(result);
  const isUnknown = wasCutOff(result) || isPartlyUnread(result);
  return changes
    .filter((change) => isInPlace(change, states))
    .filter(({ name }) => isUnknown || failed.includes(name))
    .map(keyOf);
}

async function heal(
  tools: HostTools,
  { lockWaitMs }: DnfSettings,
  input: InstallInput,
  jobPrefix: string,
  unfinished: readonly string[],
): Promise<{ broken: boolean; unfinished: string[] }> {
  const { directory, deadlineMs } = input;
  const changes = knownChanges(input);
  const known = new Map(changes.map((change) => [keyOf(change), change]));
  const again = new Set(unfinished);
  const recovery = await recover(tools, {
    jobPrefix,
    deadlineMs,
    lockWaitMs,
    findDoubles: async () => doublesOf(changes, await packageStates(tools)),
    completion: async (doubles) => {
      for (const { newest } of doubles) again.add(keyOf(newest));
      const states = await packageStates(tools);
      const replayed = [...again]
        .map((key) => known.get(key))
        .filter((change) => change !== undefined)
        .filter((change) => isInPlace(change, states));
      const isBeside = (change: Change) => states.some((state) => isOther(state, change));
      const paths = (some: readonly Change[]) =>
        some.map((change) => archivePath(change, directory));
      return {
        inPlace: paths(replayed.filter((change) => !isBeside(change))),
        beside: paths(replayed.filter(isBeside)),
        // dnf makes them together with what brings them about, which may be in place.
        removals: again.size === 0 ? [] : remainingOf(input, states).removals.map(removalNevra),
      };
    },
  });
  const failed = [...again].filter((key) => recovery.failed.includes(known.get(key)?.name ?? ''));
  return { broken: again.size > 0 || recovery.rebuilt, unfinished: failed };
}

function removalNevra({ name, architecture, oldVersion }: Removal): string {
  return nevraOf({ name, architecture, version: oldVersion });
}

/** Also what a run may have pulled forward from the rest of the approved plan. */
function knownChanges({ changes, allowed }: InstallInput): Change[] {
  return [...new Map([...allowed, ...changes].map((change) => [keyOf(change), change])).values()];
}

/** Whether this is another version of a package that came beside it, which must not be erased for it. */
function isOther(state: PackageState, change: Change): boolean {
  return (
    change.oldVersion === null &&
    keyOf(state) === keyOf(change) &&
    state.version !== change.newVersion
  );
}

function remainingOf(
  { changes, removals }: InstallInput,
  states: readonly PackageState[],
): Remaining {
  return {
    changes: changes.filter((change) => !isInPlace(change, states)),
    removals: removals.filter((removal) =>
      states.some(
        (state) => keyOf(state) === keyOf(removal) && state.version === removal.oldVersion,
      ),
    ),
  };
}

function isInPlace(change: Change, states: readonly PackageState[]): boolean {
  return states.some(
    (state) => keyOf(state) === keyOf(change) && state.version === change.newVersion,
  );
}
