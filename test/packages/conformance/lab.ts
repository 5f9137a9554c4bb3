import { StepFailure } from '../../../src/domain/failure.ts';
import type { Change } from '../../../src/domain/plan.ts';
import type { LabHost } from '../../../src/lab/host.ts';
import type { PackageSpec } from '../../../src/lab/packages.ts';
import type { LabRepository } from '../../../src/lab/repository.ts';
import { CONFIGURED_LOG } from '../../../src/lab/tool-package.ts';
import type { InstallInput, PackageManager, PlannedPackages } from '../../../src/packages/port.ts';
import type { Family } from './family.ts';
import { holdLock } from './hold-lock.ts';
import type { LabManager } from './lab-manager.ts';

/** What the suite works with: one host with a manager, and two repositories that it reads. */
export type ConformanceLab = {
  family: Family;
  host: LabHost;
  manager: LabManager;
  /** The distribution's security repository. */
  security: LabRepository;
  /** The distribution's other repository. */
  ordinary: LabRepository;
  /** A manager whose cycle is another one, or that is cut off after this time as by a crash of the agent. */
  anotherManager(options?: { answerTimeoutMs?: number; cycle?: string }): LabManager;
  remove(): Promise<void>;
};

/** Called by a test for the lab that was set up before all tests. */
export type TheLab = () => ConformanceLab;

/** Offers packages and lets the host know of them. */
export async function offer(
  lab: ConformanceLab,
  repository: 'security' | 'ordinary',
  ...specs: PackageSpec[]
): Promise<void> {
  await lab[repository].publish(...specs);
  await lab.manager.refresh();
}

/** Brings packages onto the host, as an administrator would have done long ago. */
export async function preinstall(lab: ConformanceLab, ...specs: PackageSpec[]): Promise<void> {
  await offer(lab, 'ordinary', ...specs);
  await lab.family.install(lab.host, specs);
}

/** Has these packages on the host in version 1.0-1, an update pending, and answers that part of the plan. */
export async function pendingUpdates(
  lab: ConformanceLab,
  ...specs: PackageSpec[]
): Promise<Change[]> {
  await preinstall(
    lab,
    ...specs.map((spec) => ({ ...spec, version: '1.0-1', scripts: {}, advisory: null })),
  );
  await offer(lab, 'security', ...specs);
  return only(await lab.manager.plan('security'), ...specs.map(({ name }) => name));
}

/** The part of a plan that is about these packages; what other tests left to do is none of this one's. */
export function only(planned: PlannedPackages, ...names: string[]): Change[] {
  return planned.changes.filter(({ name }) => names.includes(name));
}

/** `name oldVersion->newVersion` of each change; `none` is the old version of a new package. */
export function shown(changes: readonly Change[]): string[] {
  return changes.map(
    ({ name, oldVersion, newVersion }) => `${name} ${oldVersion ?? 'none'}->${newVersion}`,
  );
}

let directories = 0;

/** A directory for archives that no other test uses. */
export function freshDirectory(): string {
  return `/var/cache/patchcycle/test-${++directories}`;
}

let prefixes = 0;

/** An input that installs exactly these changes, with bounds that suit small packages. */
export function installInput(
  changes: readonly Change[],
  directory: string,
  more: Partial<InstallInput> = {},
): InstallInput {
  return {
    changes,
    removals: [],
    allowed: changes,
    directory,
    jobPrefix: `upgrade-${++prefixes}`,
    configFiles: 'keep',
    attemptsMax: 2,
    deadlineMs: 120_000,
    ...more,
  };
}

/** Plans, downloads and installs what is pending of these packages. */
export async function update(
  lab: ConformanceLab,
  names: readonly string[],
  more: Partial<InstallInput> = {},
): Promise<{ input: InstallInput; result: Awaited<ReturnType<PackageManager['install']>> }> {
  const changes = only(await lab.manager.plan('all'), ...names);
  const directory = freshDirectory();
  await lab.manager.download(changes, directory);
  const input = installInput(changes, directory, more);
  return { input, result: await lab.manager.install(input) };
}

/** The failure that the work ends in; throws when it succeeds or breaks in another way. */
export async function failureOf(work: Promise<unknown>): Promise<StepFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StepFailure) return error;
    throw error;
  }
  throw new Error('it was expected to fail and did not');
}

/** All findings of a failure, in one text. */
export function findingsOf(failure: StepFailure): string {
  return failure.details.findings?.join('\n') ?? '';
}

/** The version of a package that is wholly installed, asked past the manager; see {@link Family.versionOf}. */
export async function versionOf(lab: ConformanceLab, name: string): Promise<string> {
  return lab.family.versionOf(lab.host, name);
}

/** Does the work while a process of another tool holds this lock, and proves that it was left alone. */
export async function whileLocked(
  { host }: ConformanceLab,
  path: string,
  work: () => Promise<void>,
): Promise<void> {
  const release = await holdLock(host, path);
  try {
    await work();
  } finally {
    await release();
  }
}

/** How often the script of this version was run that configures it. */
export async function timesConfigured(
  host: LabHost,
  name: string,
  version: string,
): Promise<number> {
  const log = await host.readFile(CONFIGURED_LOG);
  return log.split('\n').filter((line) => line === `${name} ${version}`).length;
}
