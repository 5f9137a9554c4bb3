import { StepFailure } from '../../domain/failure.ts';
import type { Change, Removal } from '../../domain/plan.ts';
import type { Argv, HostTools, JobOptions, JobResult } from '../../host/tools.ts';
import type { InstallInput, InstallResult } from '../port.ts';
import { requireArchives } from './archives.ts';
import { readInstallRecord, writeInstallRecord, type InstallRecord } from './install-record.ts';
import { keyOf } from './key-of.ts';
import { newlyLeftAside, readLeftAside } from './left-aside.ts';
import { waitForLocks, type FindLockHolder } from './locks.ts';

/** What is not done yet of a plan. */
export type Remaining = { changes: Change[]; removals: Removal[] };

/** How one family installs. `State` is a package as its database has it. */
export type Installer<State> = {
  findLockHolder: FindLockHolder;
  leftAsideEndings: readonly string[];
  readStates(): Promise<State[]>;
  remaining(states: readonly State[]): Remaining;
  /** Whether a run has left something half done that the database tells of. */
  isInterrupted(states: readonly State[]): boolean;
  /**
   * Asks the tool what it would do, and fails with `PlanDrifted` where that is not what was
   * approved. Answers the changes that it has to be told of. `unfinished` is as in the record.
   */
  simulate(
    remaining: Remaining,
    states: readonly State[],
    unfinished: readonly string[],
  ): Promise<readonly Change[]>;
  /** The job that makes these changes and removals. */
  command(work: Remaining): { argv: Argv } & Omit<JobOptions, 'deadlineMs'>;
  /** Packages of a run that are installed and whose scripts have not come to a good end, by key. */
  unfinishedAfter(work: Remaining, result: JobResult): Promise<string[]>;
  /** Completes what was interrupted, as durable jobs; answers whether anything was, and what still is unfinished. */
  heal(
    jobPrefix: string,
    unfinished: readonly string[],
  ): Promise<{ broken: boolean; unfinished: string[] }>;
  /** Names that are marked as installed for others' sake only. */
  readAutomaticMarks(): Promise<string[]>;
  /** Brings the marks back to `automatic`, and marks what the plan has brought anew. */
  restoreMarks(automatic: readonly string[]): Promise<void>;
  /** Gives configuration files that were left aside the place that the policy wants for them. */
  settleConfiguration(leftAside: readonly string[]): Promise<void>;
  failure(
    argv: Argv,
    result: JobResult,
    states: readonly State[],
    unfinished: readonly string[],
  ): StepFailure;
};

/**
 * One call of `install` of the port. Where it stands is on the disk before each thing that it does,
 * so that a call after a crash goes on exactly there; see {@link InstallRecord}.
 */
export class Installation<State> {
  readonly #tools: HostTools;
  readonly #lockWaitMs: number;
  readonly #input: InstallInput;
  readonly #installer: Installer<State>;

  constructor(
    tools: HostTools,
    lockWaitMs: number,
    input: InstallInput,
    installer: Installer<State>,
  ) {
    this.#tools = tools;
    this.#lockWaitMs = lockWaitMs;
    this.#input = input;
    this.#installer = installer;
  }

  async run(): Promise<InstallResult> {
    const found = await readInstallRecord(this.#input.directory, this.#input.jobPrefix);
    if (found?.result !== undefined && this.#isDone(await this.#readStates(), found)) {
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
    const remaining = this.#installer.remaining(await this.#readStates());
    const missing = remaining.changes.map(keyOf);
    // What is to be installed anew is installed with its scripts.
    const unfinished = (earlier?.unfinished ?? []).filter((key) => !missing.includes(key));
    const pending = [...missing, ...unfinished];
    return this.#write({
      run: earlier?.run ?? 0,
      firstRun: (earlier?.run ?? 0) + 1,
      heal: earlier?.heal ?? 0,
      stage: 'between',
      healed: 0,
      pending,
      unfinished,
      // Only what is installed loses its mark.
      automatic: pending.length === 0 ? [] : await this.#installer.readAutomaticMarks(),
      leftAside: await readLeftAside(this.#installer.leftAsideEndings),
    });
  }

  /** Everything that has to be right before the tool may touch anything. */
  async #prepareRun(record: InstallRecord): Promise<InstallRecord> {
    await waitForLocks(this.#installer.findLockHolder, this.#lockWaitMs, (text) =>
      this.#tools.progress(text),
    );
    const states = await this.#readStates();
    if (this.#isDone(states, record)) return this.#succeed(record);
    // Once: what recovery cannot mend is still there after it, and the run says why.
    const isUntouched = record.run < record.firstRun && record.healed === 0;
    if (isUntouched && this.#isInterrupted(states, record)) return this.#beginHealing(record);
    const remaining = this.#installer.remaining(states);
    await requireArchives(remaining.changes, this.#input.directory);
    const chosen = await this.#installer.simulate(remaining, states, record.unfinished ?? []);
    return this.#write({
      ...record,
      run: record.run + 1,
      stage: 'installing',
      chosen: chosen.map(keyOf),
    });
  }

  async #runTool(record: InstallRecord): Promise<InstallRecord> {
    const { jobPrefix, deadlineMs, attemptsMax } = this.#input;
    const work = this.#work(record, await this.#readStates());
    const { argv, ...command } = this.#installer.command(work);
    this.#tools.progress(`installing ${work.changes.length} packages`);
    const options = { deadlineMs, ...command };
    const result = await this.#tools.runJob(`${jobPrefix}-install-${record.run}`, argv, options);
    const unfinished = new Set(record.unfinished);
    for (const key of await this.#installer.unfinishedAfter(work, result)) unfinished.add(key);
    const after = { ...record, unfinished: [...unfinished] };
    const states = await this.#readStates();
    if (this.#isDone(states, after)) return this.#succeed(after);
    await this.#restoreMarks(after);
    const isLast = record.run - record.firstRun + 1 >= attemptsMax;
    if (!result.timedOut && !isLast) return this.#beginHealing(after);
    await this.#write({ ...after, stage: 'ended' });
    throw this.#installer.failure(argv, result, states, after.unfinished);
  }

  /** What the run was prepared for, also when it has ended in the meantime. */
  #work(record: InstallRecord, states: readonly State[]): Remaining {
    const remaining = this.#installer.remaining(states);
    if (record.chosen === undefined) return remaining;
    const chosen = new Set(record.chosen);
    const known = [...this.#input.changes, ...this.#input.allowed];
    const byKey = new Map(known.map((change) => [keyOf(change), change]));
    const changes = [...byKey].filter(([key]) => chosen.has(key)).map(([, change]) => change);
    return { changes, removals: remaining.removals };
  }

  #beginHealing(record: InstallRecord): Promise<InstallRecord> {
    return this.#write({ ...record, stage: 'healing', heal: record.heal + 1 });
  }

  async #heal(record: InstallRecord): Promise<InstallRecord> {
    const jobPrefix = `${this.#input.jobPrefix}-heal-${record.heal}`;
    const { broken, unfinished } = await this.#installer.heal(jobPrefix, record.unfinished ?? []);
    // What is still broken is the next run's, which installs the same versions again.
    const healed = record.healed + (broken ? 1 : 0);
    return this.#write({ ...record, stage: 'between', healed, unfinished });
  }

  async #succeed(record: InstallRecord): Promise<InstallRecord> {
    // Also where recovery has brought what the last run, which was cut off, had not.
    await this.#restoreMarks(record);
    await this.#installer.settleConfiguration(await this.#leftAsideSince(record));
    const leftAside = await this.#leftAsideSince(record);
    const result = { installed: record.pending.length, healed: record.healed, leftAside };
    return this.#write({ ...record, stage: 'ended', result });
  }

  async #leftAsideSince(record: InstallRecord): Promise<string[]> {
    return newlyLeftAside(record.leftAside, await readLeftAside(this.#installer.leftAsideEndings));
  }

  async #restoreMarks(record: InstallRecord): Promise<void> {
    if (record.pending.length > 0) await this.#installer.restoreMarks(record.automatic);
  }

  #readStates(): Promise<State[]> {
    return this.#installer.readStates();
  }

  #isInterrupted(states: readonly State[], record: InstallRecord): boolean {
    return this.#installer.isInterrupted(states) || (record.unfinished ?? []).length > 0;
  }

  #isDone(states: readonly State[], record: InstallRecord): boolean {
    const { changes, removals } = this.#installer.remaining(states);
    return changes.length === 0 && removals.length === 0 && !this.#isInterrupted(states, record);
  }

  async #write(record: InstallRecord): Promise<InstallRecord> {
    await writeInstallRecord(this.#input.directory, this.#input.jobPrefix, record);
    return record;
  }
}

export const DRIFT_REMEDY =
  'Nothing was installed. Somebody changed packages, holds or sources on this host since the plan was approved; start the cycle again for a new plan.';
