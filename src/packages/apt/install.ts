import { StepFailure } from '../../domain/failure.ts';
import type { Change, Removal } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import type { HostTools } from '../../host/tools.ts';
import type { InstallInput, InstallResult } from '../port.ts';
import { requireArchives } from '../shared/archives.ts';
import { APT_ENVIRONMENT, installArgv, jobEnvironment, simulateInstallArgv } from './arguments.ts';
import { classify, decisiveLine } from './classify.ts';
import { beyond, deviations } from '../shared/compare-simulation.ts';
import { readHeld } from './held.ts';
import { FINDINGS_MAX, jobFailure } from './install-failure.ts';
import {
  readInstallRecord,
  writeInstallRecord,
  type InstallRecord,
} from '../shared/install-record.ts';
import { newlyLeftAside, readLeftAside } from '../shared/left-aside.ts';
import { LEFT_ASIDE_ENDINGS } from './left-aside.ts';
import { waitForLocks } from '../shared/locks.ts';
import { findDpkgLockHolder } from './locks.ts';
import { readAutomaticMarks, restoreAutomaticMarks } from './marks.ts';
import { nativeArchitecture } from './native.ts';
import { parseSimulation } from './parse-simulation.ts';
import { recover, stillBroken } from './recover.ts';
import { packageToolFailure } from './run.ts';
import type { AptSettings } from './settings.ts';
import { keyOf } from '../shared/key-of.ts';
import { aptName, isInstalled, isInterrupted, packageStates, type PackageState } from './states.ts';

/** See {@link PackageManager.install} of the port. */
export async function install(
  tools: HostTools,
  settings: AptSettings,
  input: InstallInput,
): Promise<InstallResult> {
  return new Installation(tools, settings, input).run();
}

/**
 * One call of `install`. Where it stands is on the disk before each thing that it does, so that a
 * call after a crash goes on exactly there; see {@link InstallRecord}.
 */
class Installation {
  readonly #tools: HostTools;
  readonly #settings: AptSettings;
  readonly #input: InstallInput;

  constructor(tools: HostTools, settings: AptSettings, input: InstallInput) {
    this.#tools = tools;
    this.#settings = settings;
    this.#input = input;
  }

  async run(): Promise<InstallResult> {
    const found = await readInstallRecord(this.#input.directory, this.#input.jobPrefix);
    if (found?.result !== undefined && this.#isDone(await packageStates(this.#tools))) {
      return found.result;
    }
    let record = found === null || found.stage === 'ended' ? await this.#begin(found) : found;
    try {
      while (record.stage !== 'ended') record = await this.#step(record);
    } catch (error) {
      // What a retry can mend goes on from here; everything else has ended this pass.
      if (error instanceof StepFailure && !error.retryable) {
        await this.#write({ ...record, stage: 'ended' });
      }
      throw error;
    }
    if (record.result === undefined) throw new Error('An installation ended without a result');
    return record.result;
  }

  #step(record: InstallRecord): Promise<InstallRecord> {
    if (record.stage === 'between') return this.#prepareRun(record);
    return record.stage === 'installing' ? this.#runTool(record) : this.#heal(record);
  }

  /** Begins a pass: the first one, or one after an earlier pass has failed or was undone by a restore. */
  async #begin(earlier: InstallRecord | null): Promise<InstallRecord> {
    const remaining = this.#remaining(await packageStates(this.#tools));
    const pending = remaining.changes.map(keyOf);
    return this.#write({
      run: earlier?.run ?? 0,
      firstRun: (earlier?.run ?? 0) + 1,
      heal: earlier?.heal ?? 0,
      stage: 'between',
      healed: 0,
      pending,
      // Only what is installed loses its mark.
      automatic: pending.length === 0 ? [] : await readAutomaticMarks(this.#tools),
      leftAside: await readLeftAside(LEFT_ASIDE_ENDINGS),
    });
  }

  /** Everything that has to be right before the tool may touch anything. */
  async #prepareRun(record: InstallRecord): Promise<InstallRecord> {
    await waitForLocks(findDpkgLockHolder, this.#settings.lockWaitMs, (text) =>
      this.#tools.progress(text),
    );
    const states = await packageStates(this.#tools);
    if (this.#isDone(states)) return this.#succeed(record);
    const interrupted = states.filter(isInterrupted);
    // Once: what recovery cannot mend is still there after it, and the run says why.
    const isUntouched = record.run < record.firstRun && record.healed === 0;
    if (interrupted.length > 0 && isUntouched) return this.#beginHealing(record);
    const remaining = this.#remaining(states);
    await requireArchives(remaining.changes, this.#input.directory);
    await this.#simulate(remaining, interrupted);
    return this.#write({ ...record, run: record.run + 1, stage: 'installing' });
  }

  async #simulate(remaining: Remaining, interrupted: readonly PackageState[]): Promise<void> {
    const { directory, configFiles, allowed } = this.#input;
    const argv = simulateInstallArgv({ ...remaining, directory, configFiles });
    const simulated = await this.#tools.run(argv, { env: APT_ENVIRONMENT });
    if (simulated.exitCode !== 0) {
      const type = classify(simulated.stderr, 'resolution');
      if (type !== 'DependencyProblem' && type !== 'VersionVanished') {
        throw packageToolFailure(
          simulated,
          'the installation could not be simulated',
          'resolution',
        );
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
      ...(await heldChanges(this.#tools, remaining.changes)),
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

  async #runTool(record: InstallRecord): Promise<InstallRecord> {
    const { directory, configFiles, jobPrefix, deadlineMs, attemptsMax } = this.#input;
    const remaining = this.#remaining(await packageStates(this.#tools));
    const argv = installArgv({ ...remaining, directory, configFiles });
    this.#tools.progress(`installing ${remaining.changes.length} packages`);
    const result = await this.#tools.runJob(`${jobPrefix}-install-${record.run}`, argv, {
      deadlineMs,
      env: jobEnvironment(configFiles),
    });
    const states = await packageStates(this.#tools);
    if (this.#isDone(states)) return this.#succeed(record);
    await this.#restoreMarks(record);
    const isLast = record.run - record.firstRun + 1 >= attemptsMax;
    if (!result.timedOut && !isLast) return this.#beginHealing(record);
    await this.#write({ ...record, stage: 'ended' });
    throw jobFailure(argv, result, states, this.#remaining(states));
  }

  #beginHealing(record: InstallRecord): Promise<InstallRecord> {
    return this.#write({ ...record, stage: 'healing', heal: record.heal + 1 });
  }

  async #heal(record: InstallRecord): Promise<InstallRecord> {
    const { directory, configFiles, jobPrefix, deadlineMs, removals, allowed } = this.#input;
    const { broken } = await recover(this.#tools, {
      jobPrefix: `${jobPrefix}-heal-${record.heal}`,
      archiveDirectories: [directory],
      online: false,
      permits: (simulation) => beyond('apt', simulation, { removals, allowed }).length === 0,
      configFiles,
      deadlineMs,
      lockWaitMs: this.#settings.lockWaitMs,
    });
    // What is still broken is the next run's, which installs the same versions again.
    const healed = record.healed + (broken.length > 0 ? 1 : 0);
    return this.#write({ ...record, stage: 'between', healed });
  }

  async #succeed(record: InstallRecord): Promise<InstallRecord> {
    // Also where recovery has brought what the last run, which was cut off, had not.
    await this.#restoreMarks(record);
    const leftAside = newlyLeftAside(record.leftAside, await readLeftAside(LEFT_ASIDE_ENDINGS));
    const result = { installed: record.pending.length, healed: record.healed, leftAside };
    return this.#write({ ...record, stage: 'ended', result });
  }

  /** Half-installed packages have marks too: a next pass takes those that it finds for the right ones. */
  async #restoreMarks(record: InstallRecord): Promise<void> {
    if (record.pending.length === 0) return;
    const native = await nativeArchitecture(this.#tools);
    const added = this.#input.changes.filter((change) => change.oldVersion === null);
    const present = (await packageStates(this.#tools)).filter(isPresent);
    const wanted = [...record.automatic, ...added.map((change) => aptName(change, native))];
    await restoreAutomaticMarks(
      this.#tools,
      new Set(wanted),
      new Set(present.map((state) => aptName(state, native))),
    );
  }

  #remaining(states: readonly PackageState[]): Remaining {
    const byKey = new Map(states.map((state) => [keyOf(state), state]));
    return {
      changes: this.#input.changes.filter((change) => !isInPlace(change, byKey.get(keyOf(change)))),
      removals: this.#input.removals.filter((removal) => isPresent(byKey.get(keyOf(removal)))),
    };
  }

  #isDone(states: readonly PackageState[]): boolean {
    const { changes, removals } = this.#remaining(states);
    return changes.length === 0 && removals.length === 0 && !states.some(isInterrupted);
  }

  async #write(record: InstallRecord): Promise<InstallRecord> {
    await writeInstallRecord(this.#input.directory, this.#input.jobPrefix, record);
    return record;
  }
}

type Remaining = { changes: Change[]; removals: Removal[] };

const DRIFT_REMEDY =
  'Nothing was installed. Somebody changed packages, holds or sources on this host since the plan was approved; start the cycle again for a new plan.';

async function heldChanges(tools: HostTools, changes: readonly Change[]): Promise<string[]> {
  const held = await readHeld(tools);
  return changes
    .filter(({ name }) => held.includes(name))
    .map((change) => `somebody holds ${keyOf(change)} back since the plan was approved`);
}

function isInPlace(change: Change, state: PackageState | undefined): boolean {
  return state !== undefined && isInstalled(state) && state.version === change.newVersion;
}

/** Removed packages stay in the database for as long as their configuration files are left. */
function isPresent(state: PackageState | undefined): boolean {
  return state !== undefined && !['n', 'c'].includes(state.abbreviation[1] ?? 'n');
}
