import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FINDINGS_MAX, StepFailure } from '../../domain/failure.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { Argv, HostTools } from '../../host/tools.ts';
import {
  APT_ENVIRONMENT,
  configureAllArgv,
  fixBrokenArgv,
  jobEnvironment,
  simulateFixBrokenArgv,
  unpackArgv,
  type ConfigFiles,
} from './arguments.ts';
import { compareVersions } from './compare-versions.ts';
import { waitForLocks } from '../shared/locks.ts';
import { findDpkgLockHolder } from './locks.ts';
import { parseSimulation, type Simulation } from './parse-simulation.ts';
import { keyOf } from '../shared/key-of.ts';
import {
  describeState,
  isInterrupted,
  needsReinstallation,
  packageStates,
  type PackageState,
} from './states.ts';

export type RecoverInput = {
  /** The jobs are `PREFIX-configure`, `PREFIX-fix`, `PREFIX-unpack` and `PREFIX-configure-again`. */
  jobPrefix: string;
  archiveDirectories: readonly string[];
  /** Whether missing dependencies may be fetched; otherwise apt sees the first directory only. */
  online: boolean;
  /** Whether apt may do this to complete dependencies; otherwise that step is left out. */
  permits: (simulation: Simulation) => boolean;
  configFiles: ConfigFiles;
  deadlineMs: number;
  lockWaitMs: number;
};

/**
 * Completes an interrupted package run. The sequence is the one that healed every one of 16 killed
 * runs which `dpkg --configure` and `apt-get -f install` alone had left broken: they configure what
 * is unpacked; what dpkg wants to have again is unpacked from its archive; then configured.
 * Whether a command ended with 0 says nothing (13 of 20 broken ones did): the database decides.
 * Answers the packages that were not in order, and those of them that still are not.
 * Fails with `PackageJobTimedOut`, `PackageLockHeld`.
 */
export async function recover(
  tools: HostTools,
  input: RecoverInput,
): Promise<{ broken: PackageState[]; left: PackageState[] }> {
  const broken = (await packageStates(tools)).filter(isInterrupted);
  let left = broken;
  for (const step of STEPS) {
    if (left.length === 0) break;
    const argv = await step.argv(tools, left, input);
    if (argv === null) continue;
    await waitForLocks(findDpkgLockHolder, input.lockWaitMs, (text) => tools.progress(text));
    tools.progress(`completing the interrupted package run: ${step.name}`);
    const result = await tools.runJob(`${input.jobPrefix}-${step.name}`, argv, {
      deadlineMs: input.deadlineMs,
      env: jobEnvironment(input.configFiles),
    });
    if (result.timedOut) throw timedOut(step.name, left);
    left = (await packageStates(tools)).filter(isInterrupted);
  }
  return { broken, left };
}

type Step = {
  name: string;
  /** null leaves the step out. */
  argv(tools: HostTools, left: readonly PackageState[], input: RecoverInput): Promise<Argv | null>;
};

const STEPS: readonly Step[] = [
  { name: 'configure', argv: async (_tools, _left, input) => configureAllArgv(input.configFiles) },
  { name: 'fix', argv: fixArgv },
  { name: 'unpack', argv: unpackLeftArgv },
  {
    name: 'configure-again',
    argv: async (_tools, _left, input) => configureAllArgv(input.configFiles),
  },
];

async function fixArgv(
  tools: HostTools,
  _left: readonly PackageState[],
  { online, archiveDirectories, permits, configFiles }: RecoverInput,
): Promise<Argv | null> {
  const directory = online ? null : (archiveDirectories[0] ?? null);
  const simulated = await tools.run(simulateFixBrokenArgv(directory), { env: APT_ENVIRONMENT });
  // Where apt sees no way at all, the unpacking that follows is what helps.
  if (simulated.exitCode !== 0 || !permits(parseSimulation(simulated.stdout))) return null;
  return fixBrokenArgv(directory, configFiles);
}

async function unpackLeftArgv(
  _tools: HostTools,
  left: readonly PackageState[],
  { archiveDirectories, configFiles }: RecoverInput,
): Promise<Argv | null> {
  const archives = await archivesOf(left, archiveDirectories);
  return archives.length === 0 ? null : unpackArgv(archives, configFiles);
}

/** The newest archive of every package that dpkg wants to have again: it is the one whose unpacking was cut off. */
async function archivesOf(
  states: readonly PackageState[],
  directories: readonly string[],
): Promise<string[]> {
  const files: string[] = [];
  for (const directory of directories) {
    const names = await orIfMissing(readdir(directory), []);
    files.push(
      ...names.filter((name) => name.endsWith('.deb')).map((name) => join(directory, name)),
    );
  }
  return states
    .filter(({ abbreviation }) => needsReinstallation(abbreviation))
    .map((state) => newestArchive(state, files))
    .filter((file) => file !== undefined);
}

/** Archives are named as apt's cache names them: `NAME_VERSION_ARCHITECTURE.deb`, a colon as `%3a`. */
function newestArchive(
  { name, architecture }: PackageState,
  files: readonly string[],
): string | undefined {
  const version = (file: string) => archiveVersion(file, name, architecture);
  return files
    .filter((file) => version(file) !== null)
    .toSorted((one, other) => compareVersions(version(other) ?? '', version(one) ?? ''))[0];
}

/** The version in an archive's file name, or null when it is another package's. Exported for tests. */
export function archiveVersion(file: string, name: string, architecture: string): string | null {
  const [ownName, version, ending] = file.slice(file.lastIndexOf('/') + 1).split('_');
  // A package can change from one architecture to `all` and back.
  const fits = ending === `${architecture}.deb` || ending === 'all.deb' || architecture === 'all';
  return ownName === name && fits && version !== undefined ? version.replaceAll('%3a', ':') : null;
}

/** The failure that packages which no recovery has mended are. */
export function stillBroken(left: readonly PackageState[]): StepFailure {
  const names = left.slice(0, 5).map(keyOf).join(', ');
  return new StepFailure(
    'PackageStateBroken',
    `${left.length} packages are still not in order after the whole recovery sequence: ${names}`,
    {
      remedy:
        'Look at `dpkg --audit` on the host. A package that has to be unpacked again needs its archive: `apt-get download NAME`, `dpkg --unpack FILE`, `dpkg --configure --pending`.',
      findings: left.slice(0, FINDINGS_MAX).map(describeState),
    },
  );
}

function timedOut(step: string, left: readonly PackageState[]): StepFailure {
  return new StepFailure(
    'PackageJobTimedOut',
    `completing the interrupted package run (${step}) hung until its deadline`,
    {
      remedy: 'A maintainer script hangs: the last lines of its output name the package.',
      findings: left.slice(0, FINDINGS_MAX).map(describeState),
    },
  );
}
