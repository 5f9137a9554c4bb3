import { FINDINGS_MAX, StepFailure } from '../../domain/failure.ts';
import type { Argv, HostTools, JobResult } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { waitForLocks } from '../shared/locks.ts';
import { eraseArgv, rebuildArgv, replayArgv, RPM_ENVIRONMENT } from './arguments.ts';
import { describeDouble, type Double } from './doubles.ts';
import { findRpmLockHolder } from './locks.ts';
import { failedScripts, SCRIPT_FAILED } from './scripts.ts';
import { damaged, isDatabaseReadable, nevraOf, packageStates, skipsPackages } from './states.ts';

export type RecoverInput = {
  /** The jobs are `PREFIX-rebuild`, `PREFIX-replay`, `PREFIX-replay-beside`, `PREFIX-remove`, `PREFIX-erase` and `PREFIX-erase-without-scripts`. */
  jobPrefix: string;
  deadlineMs: number;
  lockWaitMs: number;
  findDoubles(): Promise<Double[]>;
  completion(doubles: readonly Double[]): Promise<Completion>;
};

export type Completion = {
  /** Archives of installed packages that are installed once more, in place of older versions. */
  inPlace: readonly string[];
  /** The same of packages that are there beside their older versions. */
  beside: readonly string[];
  /** Packages that the run was to remove and has not come to. */
  removals: readonly string[];
};

export type Recovery = {
  /** Whether the database could not be read, and was built anew. */
  rebuilt: boolean;
  /** What was in the database twice, and what of that still is. */
  broken: Double[];
  left: Double[];
  /** Names of packages whose scripts failed when they were installed once more. */
  failed: string[];
};

/**
 * Completes an interrupted package run. rpm has no command for that: a package that is in the
 * database twice has all files of its new version, and whether its scripts have run nobody knows. So
 * it is installed once more from its archive, which runs them and erases the older version; where
 * that is not possible the older version is erased as the run would have done it. Only what is
 * there twice is erased, and never in favour of an older version. Dependencies are not asked for,
 * since what they need may be just what the interrupted run has not come to.
 * The database decides what is in order, never an exit status.
 * Fails with `PackageJobTimedOut`, `PackageLockHeld`.
 */
export async function recover(tools: HostTools, input: RecoverInput): Promise<Recovery> {
  await waitForLocks(findRpmLockHolder, input.lockWaitMs, (text) => tools.progress(text));
  const rebuilt = !(await isDatabaseReadable(tools));
  if (rebuilt) await rebuild(tools, input);
  const broken = await input.findDoubles();
  const { inPlace, beside, removals } = await input.completion(broken);
  const failed: string[] = [];
  if (inPlace.length > 0) {
    const replay = await runStep(tools, input, 'replay', replayArgv('in place', inPlace));
    failed.push(...failedScripts(replay));
  }
  if (beside.length > 0) {
    const replay = await runStep(tools, input, 'replay-beside', replayArgv('beside', beside));
    failed.push(...failedScripts(replay));
  }
  if (removals.length > 0) await runStep(tools, input, 'remove', eraseArgv(removals, 'with'));
  let left = await stillThere(tools, broken);
  for (const scripts of ['with', 'without'] as const) {
    if (left.length === 0) break;
    const older = left.flatMap((double) => double.older);
    const name = scripts === 'with' ? 'erase' : 'erase-without-scripts';
    await runStep(tools, input, name, eraseArgv(older.map(nevraOf), scripts));
    left = await stillThere(tools, left);
  }
  return { rebuilt, broken, left, failed };
}

/** Fails where packages are lost by it: nobody would ever update them again. */
async function rebuild(tools: HostTools, input: RecoverInput): Promise<void> {
  const result = await runStep(tools, input, 'rebuild', rebuildArgv());
  if (skipsPackages(result)) throw damaged({ ...result, argv: rebuildArgv() });
}

async function runStep(
  tools: HostTools,
  { jobPrefix, deadlineMs }: RecoverInput,
  name: string,
  argv: Argv,
): Promise<JobResult> {
  tools.progress(`completing the interrupted package run: ${name}`);
  const result = await tools.runJob(`${jobPrefix}-${name}`, argv, {
    deadlineMs,
    env: RPM_ENVIRONMENT,
    notable: SCRIPT_FAILED,
  });
  if (result.timedOut) throw timedOut(name);
  return result;
}

/** The doubles with those older versions that are still in the database. */
async function stillThere(tools: HostTools, doubles: readonly Double[]): Promise<Double[]> {
  if (doubles.length === 0) return [];
  const present = new Set((await packageStates(tools)).map(nevraOf));
  return doubles
    .map(({ newest, older }) => ({
      newest,
      older: older.filter((one) => present.has(nevraOf(one))),
    }))
    .filter(({ older }) => older.length > 0);
}

/** The failure that packages which no recovery has mended are. */
export function stillBroken(left: readonly Double[]): StepFailure {
  const names = left.slice(0, 5).map(({ newest }) => keyOf(newest));
  return new StepFailure(
    'PackageStateBroken',
    `${left.length} packages are still not in order after the whole recovery: ${names.join(', ')}`,
    {
      remedy: `Look at \`dnf check\` on the host. A version that is left over is erased with \`${eraseExample(left)}\`.`,
      findings: left.slice(0, FINDINGS_MAX).map(describeDouble),
    },
  );
}

function eraseExample(left: readonly Double[]): string {
  const older = left.flatMap((double) => double.older).slice(0, 1);
  return eraseArgv(older.map(nevraOf), 'without').join(' ');
}

function timedOut(step: string): StepFailure {
  return new StepFailure(
    'PackageJobTimedOut',
    `completing the interrupted package run (${step}) hung until its deadline`,
    { remedy: 'A scriptlet hangs: the last lines of its output name the package.' },
  );
}
