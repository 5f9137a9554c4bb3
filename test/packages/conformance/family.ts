import type { FailureType } from '../../../src/domain/failure.ts';
import type { LabHost } from '../../../src/lab/host.ts';
import type { PackageSpec } from '../../../src/lab/packages.ts';
import type { Damage, Format } from '../../../src/lab/package-format.ts';

/**
 * What is different between the families when a test touches a host past the manager, or names
 * what it saw there. The sentences of the suite are the same for all of them; versions are written
 * `1.0-1`, with a release, as every family takes them.
 */
export type Family = {
  /** As plans and facts name the manager. */
  name: string;
  /** Of its archives. */
  format: Format;
  /** Of a package that fits every machine: `all`. */
  anyArchitecture: string;
  archiveName(name: string, version: string): string;
  /** What a plan gives as the origin of the lab's two repositories. */
  origins: { security: string; ordinary: string };
  /** The first word of the command that brings the package lists up to date. */
  refreshProgram: string;
  /** How refreshing fails when a repository is damaged, and whether it may be tried again. */
  refreshFailures: readonly [Damage, FailureType, boolean][];
  /** A lock of the package lists, and the one that is held while packages are installed. */
  locks: { lists: string; packages: string };
  /** Trees in which the tools keep what they know of packages. */
  databases: readonly string[];
  /** The ending of a configuration file left aside: the package's, and the administrator's. */
  asideEndings: { keep: string; replace: string };
  /** Units that change packages on their own: all are on when a lab host has booted. */
  updaters: readonly string[];
  /** What an updater would start. */
  updaterService: string;
  /** What is found where the package `leading` needs `trailing`, which was not approved. */
  trailingIsMissing: string;
  /** What the tools say on a full disk. */
  noRoom: RegExp;
  /** Names of the processes that install packages, for killing them. */
  installers: readonly string[];
  /** Moments of an installation that differ in what a killed tool leaves behind. */
  moments: readonly Moment[];
  /** A moment at which some of the bulk packages are new and some are not. */
  midway: Moment;

  /** The package as an update that says that it mends these. */
  mending(spec: PackageSpec, id: string, cves: readonly string[]): PackageSpec;
  /** Where the advisory of {@link mending} was read, for a package that is there in 1.0-1. */
  mendingSource: string;

  /** Installs packages of the repositories with the family's own tool, as an administrator would. */
  install(host: LabHost, specs: readonly PackageSpec[]): Promise<void>;
  /** Removes the package in whatever state it is. */
  forget(host: LabHost, name: string): Promise<void>;
  /** The version if the package is wholly installed; else `none`, or what is wrong with it. */
  versionOf(host: LabHost, name: string): Promise<string>;
  /** What the family's tools and the files show to be broken; empty when these packages are whole. */
  faults(host: LabHost, names: readonly string[]): Promise<string>;
  hold(host: LabHost, name: string): Promise<void>;
  markAutomatic(host: LabHost, name: string): Promise<void>;
  /** Names of the packages that are there for the sake of others, sorted. */
  automatic(host: LabHost): Promise<string[]>;
  /** What the tools keep about packages and their runs; different after every run that changed any. */
  traceOfRuns(host: LabHost): Promise<string>;
};

/** From one version of the bulk packages to the next. */
export type BulkStep = { from: string; to: string };

/** A moment of an installation of the bulk packages, and how to see that it has come. */
export type Moment = {
  /** Goes on a sentence "when the tools are killed ...". */
  when: string;
  hasCome(host: LabHost, step: BulkStep): Promise<boolean>;
};
