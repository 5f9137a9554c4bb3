import { FINDINGS_MAX } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import type { HostTools } from '../../host/tools.ts';
import type { InstallInput, InstallResult } from '../port.ts';
import { beyond, deviations } from '../shared/compare-simulation.ts';
import {
  DRIFT_REMEDY,
  Installation,
  type Installer,
  type Remaining,
} from '../shared/installation.ts';
import { keyOf } from '../shared/key-of.ts';
import { APT_ENVIRONMENT, installArgv, jobEnvironment, simulateInstallArgv } from './arguments.ts';
import { classify, decisiveLine } from './classify.ts';
import { readHeld } from './held.ts';
import { jobFailure } from './install-failure.ts';
import { LEFT_ASIDE_ENDINGS } from './left-aside.ts';
import { findDpkgLockHolder } from './locks.ts';
import { readAutomaticMarks, restoreAutomaticMarks } from './marks.ts';
import { nativeArchitecture } from './native.ts';
import { parseSimulation } from './parse-simulation.ts';
import { recover, stillBroken } from './recover.ts';
import { packageToolFailure } from './run.ts';
import type { AptSettings } from './settings.ts';
import {
  aptName,
  hasFiles,
  isInstalled,
  isInterrupted,
  packageStates,
  type PackageState,
} from './states.ts';

/** See {@link PackageManager.install} of the port. */
export async function install(
  tools: HostTools,
  settings: AptSettings,
  input: InstallInput,
): Promise<InstallResult> {
  const installer = aptInstaller(tools, settings, input);
  return new Installation(tools, settings.lockWaitMs, input, installer).run();
}

function aptInstaller(
  tools: HostTools,
  settings: AptSettings,
  input: InstallInput,
): Installer<PackageState> {
  const { directory, configFiles } = input;
  return {
    findLockHolder: findDpkgLockHolder,
    leftAsideEndings: LEFT_ASIDE_ENDINGS,
    readStates: () => packageStates(tools),
    remaining: (states) => remainingOf(input, states),
    isInterrupted: (states) => states.some(isInterrupted),
    simulate: async (remaining, states) => {
      await simulate(tools, input, remaining, states.filter(isInterrupted));
      return remaining.changes;
    },
    command: (work) => ({
      argv: installArgv({ ...work, directory, configFiles }),
      env: jobEnvironment(configFiles),
    }),
    // dpkg's database tells which package's scripts have not come to an end.
    unfinishedAfter: () => Promise.resolve([]),
    heal: async (jobPrefix) => ({
      broken: await heal(tools, settings, input, jobPrefix),
      unfinished: [],
    }),
    readAutomaticMarks: () => readAutomaticMarks(tools),
    restoreMarks: (automatic) => restoreMarks(tools, input, automatic),
    // dpkg itself has done as the policy says.
    settleConfiguration: () => Promise.resolve(),
    failure: (argv, result, states) =>
      jobFailure(argv, result, states, remainingOf(input, states).changes),
  };
}

async function simulate(
  tools: HostTools,
  { directory, configFiles, allowed }: InstallInput,
  remaining: Remaining,
  interrupted: readonly PackageState[],
): Promise<void> {
  const argv = simulateInstallArgv({ ...remaining, directory, configFiles });
  const simulated = await tools.run(argv, { env: APT_ENVIRONMENT });
  if (simulated.exitCode !== 0) {
    const type = classify(simulated.stderr, 'resolution');
    if (type !== 'DependencyProblem' && type !== 'VersionVanished') {
      throw packageToolFailure(simulated, 'the installation could not be simulated', 'resolution');
    }
    if (interrupted.length > 0) throw stillBroken(interrupted);
    const line = decisiveLine(simulated.stderr, type);
    const message = `the approved plan can no longer be installed as it is: ${line}`;
    throw commandFailure('PlanDrifted', message, simulated, DRIFT_REMEDY);
  }
  // What is unpacked already is only configured, which apt does not announce as an installation.
  const begun = new Set(interrupted.map(keyOf));
  const changes = remaining.changes.filter((change) => !begun.has(keyOf(change)));
  const approved = { changes, removals: remaining.removals, allowed };
  const findings = [
    // A simulation changes held packages that are named; the real run then refuses all of it.
    ...(await heldChanges(tools, remaining.changes)),
    ...deviations('apt', parseSimulation(simulated.stdout), approved),
  ];
  if (findings.length === 0) return;
  const message = `the host no longer allows what was approved: ${findings[0]}`;
  throw commandFailure(
    'PlanDrifted',
    message,
    simulated,
    DRIFT_REMEDY,
    findings.slice(0, FINDINGS_MAX),
  );
}

async function heldChanges(tools: HostTools, changes: readonly Change[]): Promise<string[]> {
  const held = await readHeld(tools);
  return changes
    .filter(({ name }) => held.includes(name))
    .map((change) => `somebody holds ${keyOf(change)} back since the plan was approved`);
}

async function heal(
  tools: HostTools,
  { lockWaitMs }: AptSettings,
  { directory, configFiles, deadlineMs, removals, allowed }: InstallInput,
  jobPrefix: string,
): Promise<boolean> {
  const { broken } = await recover(tools, {
    jobPrefix,
    archiveDirectories: [directory],
    online: false,
    permits: (simulation) => beyond('apt', simulation, { removals, allowed }).length === 0,
    configFiles,
    deadlineMs,
    lockWaitMs,
  });
  return broken.length > 0;
}

/** Half-installed packages have marks too: a next pass takes those that it finds for the right ones. */
async function restoreMarks(
  tools: HostTools,
  { changes }: InstallInput,
  automatic: readonly string[],
): Promise<void> {
  const native = await nativeArchitecture(tools);
  const added = changes.filter((change) => change.oldVersion === null);
  const present = (await packageStates(tools)).filter(hasFiles);
  const wanted = [...automatic, ...added.map((change) => aptName(change, native))];
  await restoreAutomaticMarks(
    tools,
    new Set(wanted),
    new Set(present.map((state) => aptName(state, native))),
  );
}

function remainingOf(
  { changes, removals }: InstallInput,
  states: readonly PackageState[],
): Remaining {
  const byKey = new Map(states.map((state) => [keyOf(state), state]));
  return {
    changes: changes.filter((change) => !isInPlace(change, byKey.get(keyOf(change)))),
    removals: removals.filter((removal) => isPresent(byKey.get(keyOf(removal)))),
  };
}

function isInPlace(change: Change, state: PackageState | undefined): boolean {
  return state !== undefined && isInstalled(state) && state.version === change.newVersion;
}

/** Removed packages stay in the database for as long as their configuration files are left. */
function isPresent(state: PackageState | undefined): boolean {
  return state !== undefined && hasFiles(state);
}
