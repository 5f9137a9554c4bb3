import type { AdvisoryEntry } from '../advisory-entry.ts';
import type { Simulation } from '../parse-simulation.ts';

/** What dnf 4 and dnf 5 call differently, and write differently. */
export type Dialect = {
  readonly name: 'dnf4' | 'dnf5';
  readonly program: string;
  /** Options of every call that the other one does not know. */
  readonly options: readonly string[];
  /** The command that brings packages only so far as an advisory asks for. */
  readonly minimalUpgrade: readonly string[];
  /** Makes a query see what the configuration excludes. */
  readonly ignoringExcludes: readonly string[];
  /** What has to end the format of a query for each package to have a line. */
  readonly lineEnd: string;
  /** The settings of the plugin that locks versions, where a query does not know of its locks. */
  readonly lockSettings: string | null;
  /** Name, architecture, version, repository, size of the archive, size when installed; then the hash where it can be asked for. */
  readonly archiveFields: readonly string[];
  /** What marks a package as wanted for its own sake, or for others' only. */
  readonly marks: Readonly<Record<'manual' | 'automatic', string>>;
  readonly advisoryList: readonly string[];
  readonly advisoryCves: readonly string[];
  readonly showCacheDirectory: readonly string[];
  readonly repositoryTimes: readonly string[];

  /**
   * Reads what a simulated transaction wrote; null when it speaks of no transaction.
   * Throws `PlanUnparsable` with the line that it cannot read.
   */
  parseSimulation(stdout: string): Simulation | null;
  /** SHA-256 from a field of {@link archiveFields}; null where dnf does not say it. */
  parseHash(field: string): string | null;
  parseAdvisoryList(stdout: string): AdvisoryEntry[];
  /** The CVEs of an advisory's package. */
  parseAdvisoryCves(stdout: string): (entry: AdvisoryEntry) => string[];
  /** The time of each repository's lists, in milliseconds, by its id; NaN where they have none. */
  parseRepositoryTimes(stdout: string): Map<string, number>;
};
