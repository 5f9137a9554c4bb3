import type { HostTools } from '../host/tools.ts';
import type { Advisory, Change, Removal, RebootRequired, Scope } from '../domain/plan.ts';

/**
 * The contract between the patch cycle and a family of package tools. Every implementation passes
 * the conformance suite in test/packages/conformance.
 *
 * For every method:
 * - Failures are StepFailures of the types named here. `MirrorUnreachable` and `PackageLockHeld`
 *   may be retried as they are; nothing else is mended by a retry.
 * - A method that changes nothing on the host may be called at any time, any number of times.
 * - `install`, `repair` and the updaters' methods are idempotent: called again after they ended,
 *   or after a crash in their middle, they bring the host to the same end.
 * - No lock is ever deleted, no process of the package tools is ever killed.
 */
export type PackageManager = {
  /** The family's name as plans and facts carry it: `apt`. */
  readonly name: string;

  /** What a person types on the host, for the remedies of failures that others find. */
  readonly commands: PersonsCommands;

  /** Changes nothing. */
  inspect(): Promise<PackageFacts>;

  /**
   * Completes an interrupted package run by the family's full recovery sequence, as durable jobs
   * whose names begin with `jobPrefix`. Archives are looked for in `archiveDirectories`.
   * Fails with `PackageStateBroken`, naming the packages that are left broken.
   */
  repair(input: RepairInput): Promise<{ repaired: string[] }>;

  /**
   * Brings the package lists up to date or fails; old lists never pass for new ones.
   * Fails with `MirrorUnreachable` (may be retried), `MirrorListsBroken`, `ReleaseExpired`,
   * `SignatureInvalid`, `HashMismatch`, `PackageLockHeld`, and with `UnsupportedHost` where the tools
   * say that there is no repository at all.
   */
  refresh(): Promise<void>;

  /**
   * What an update of this scope would do now, from the lists as they are; changes nothing.
   * Sorted by name, then architecture. `security` holds what a security origin offers and nothing
   * else: a fix that needs a package from elsewhere is named in `leftOut`. The `excluded` versions are
   * left out, and another version of the package is taken where one is offered.
   * Fails with `DependencyProblem`, `PlanUnparsable`, and with `UnsupportedHost` where the scope is
   * `security` and the host has no source of security updates at all.
   */
  plan(scope: Scope, excluded?: readonly ExcludedVersion[]): Promise<PlannedPackages>;

  /**
   * What is known about why these changes matter, one for each change in their order. Never fails
   * and never guesses: what could not be asked is `unknown` with the reason in `source`. Bounded in
   * time. Where archives lie in `directory`, they are asked first, since they need no network.
   */
  advisories(changes: readonly Change[], directory?: string): Promise<Advisory[]>;

  /**
   * Fetches every archive of the changes into `directory` and compares each with its hash; archives
   * that are there and match are kept, also those of a call that was cut off. Nothing on the host
   * changes. With `timeoutMs` it is given up after that time, as `MirrorUnreachable`.
   * Fails with `MirrorUnreachable` (may be retried), `HashMismatch`, `VersionVanished`,
   * `NotEnoughSpace`, and with `SignatureInvalid` where archives are signed themselves.
   */
  download(
    changes: readonly Change[],
    directory: string,
    timeoutMs?: number,
  ): Promise<{ archives: number; downloadedBytes: number }>;

  /**
   * The files that a backup must cover so that the changes and removals can be undone: see
   * {@link Footprint}. Reads the downloaded archives in `directory`; changes nothing.
   */
  footprint(
    changes: readonly Change[],
    removals: readonly Removal[],
    directory: string,
  ): Promise<Footprint>;

  /**
   * Fails with `NotEnoughSpace`, naming every file system that is too small for what the downloaded
   * changes need when they are installed, and for `more`, all together. Changes nothing.
   */
  requireRoom(
    changes: readonly Change[],
    directory: string,
    more: readonly SpaceNeed[],
  ): Promise<void>;

  /**
   * Installs exactly `changes` (and makes `removals`) from the downloaded archives, without
   * network, as durable jobs. What the tool would do is simulated first: anything outside
   * `allowed` is `PlanDrifted`, before anything is touched. An interrupted run is healed and tried
   * again, `attemptsMax` times in all. Afterwards the installed versions are read back.
   * The packages' manual/automatic marks are as before.
   * Fails with `PlanDrifted`, `HashMismatch`, `PackageLockHeld`, `PackageJobFailed`,
   * `PackageJobTimedOut`, `PackageStateBroken`, `NotEnoughSpace`.
   */
  install(input: InstallInput): Promise<InstallResult>;

  /** Sentences about everything that is not in order in the package database; empty means clean. Changes nothing. */
  audit(changes: readonly Change[]): Promise<string[]>;

  /** Versions by `name:architecture`; packages that are not fully installed are missing. Changes nothing. */
  installedVersions(): Promise<ReadonlyMap<string, string>>;

  /**
   * Versions by `name:architecture` of everything of which files are on the disk, in whatever state:
   * what an interrupted run left half installed too. Changes nothing.
   */
  versionsOnDisk(): Promise<ReadonlyMap<string, string>>;

  /**
   * Waits, a bounded time, until no package tool is at work, whoever started it: files that are
   * copied or put back beside one are of two states. Nobody is kept from starting one afterwards.
   * Changes nothing. Fails with `PackageLockHeld`, naming who is at work.
   */
  waitUntilUnlocked(): Promise<void>;

  /** Whether the host must boot again for what is installed to be what runs, judged without the plan. Changes nothing. */
  rebootRequired(): Promise<RebootRequired>;

  /**
   * Switches the family's own unattended updaters off and waits until none is at work; says which
   * were on. Their names are handed to `remember` before anything is switched off, so that they
   * are known after a crash in between. Fails with `UpdatersNotSuspended` (may be retried).
   */
  suspendUpdaters(remember: (names: readonly string[]) => Promise<void>): Promise<string[]>;

  /** Switches those updaters on again that `suspendUpdaters` had named. */
  resumeUpdaters(names: readonly string[]): Promise<void>;

  /** Brings generated files (linker cache, module index) in line with the files after a restore. */
  settleAfterRestore(): Promise<void>;

  /**
   * Writes what these changes had written outside of any file, a boot loader on a disk, as the
   * restored files have it. Answers whether anything was written. Called last, before the host boots
   * again. Fails with `RestoreIncomplete`, with what a person has to do.
   */
  restoreBootLoader(changes: readonly Change[]): Promise<boolean>;
};

export type MakePackageManager = (tools: HostTools) => PackageManager;

export type PersonsCommands = {
  /** Deletes the archives that the tools keep, which makes room. */
  clean: string;
  /** Shows which packages are not in order. */
  audit: string;
  /** Completes a package run that was interrupted. */
  complete: string;
  /** Brings a package to a version that it had, and removes one that was not there. */
  putBack: string;
};

export type PackageFacts = {
  held: string[];
  /** Packages that an interrupted run left behind; empty when the database is sound. */
  interrupted: string[];
  /** Other updaters that are switched on or at work. */
  otherUpdaters: string[];
  /** Where the tools keep archives that they downloaded on their own; a repair looks for them there. */
  cacheDirectory: string;
};

/** A version of a package, of whatever architecture, that no plan may bring. */
export type ExcludedVersion = { name: string; version: string };

export type PlannedPackages = {
  changes: Change[];
  removals: Removal[];
  held: string[];
  /** Newer versions that the plan leaves alone though nobody holds them, one sentence each with the reason. */
  leftOut: string[];
  rebootExpected: RebootRequired;
};

export type Footprint = {
  /**
   * Directories that are covered whole: after a restore nothing is in them that was not there
   * before. Those that do not exist yet are gone after it.
   */
  trees: string[];
  /**
   * Single paths as the package tools name them. Whoever covers them resolves the parents and never
   * follows the last part. Directories are covered themselves, not what is in them.
   */
  paths: string[];
  /** Paths that the new archives would add and that do not exist now; a restore deletes them. */
  added: string[];
};

/** Room that is wanted on the file system of a path; `what` needs it, in the plural: "the archives". */
export type SpaceNeed = { path: string; bytes: number; what: string };

export type RepairInput = {
  jobPrefix: string;
  archiveDirectories: readonly string[];
  deadlineMs: number;
};

export type InstallInput = {
  changes: readonly Change[];
  removals: readonly Removal[];
  /** Everything that the approved plan holds; the tool may pull forward from it, and nothing else. */
  allowed: readonly Change[];
  directory: string;
  jobPrefix: string;
  configFiles: 'keep' | 'replace';
  attemptsMax: number;
  deadlineMs: number;
};

export type InstallResult = { installed: number; healed: number; leftAside: string[] };
