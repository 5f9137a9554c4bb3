import { StepFailure } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { jobFailureBy, type FailedRun } from '../shared/install-failure.ts';
import { keyOf } from '../shared/key-of.ts';
import type { Remedies } from '../shared/remedies.ts';
import { DNF_WORDS } from './classify.ts';
import { describeDouble, type Double } from './doubles.ts';

const SCRIPTS_REMEDY =
  'A scriptlet of the packages that are named failed: its output is in the output of the job, and in /var/log/dnf.rpm.log.';

const REMEDIES: Remedies = {
  PackageJobFailed: `The packages that are named did not install. ${SCRIPTS_REMEDY}`,
  PackageJobTimedOut:
    'A scriptlet hung; the findings name its package. Only what hung below dnf was ended.',
  PackageStateBroken: 'Look at `dnf check` on the host.',
};

/** See {@link jobFailureBy}. */
export function jobFailure(
  run: Pick<FailedRun, 'argv' | 'result'>,
  doubles: readonly Double[],
  { changes, unfinished }: { changes: readonly Change[]; unfinished: readonly string[] },
): StepFailure {
  const doubled = new Set(doubles.map(({ newest }) => keyOf(newest)));
  const findings = [
    ...doubles.map(describeDouble),
    ...unfinished.filter((key) => !doubled.has(key)).map(describeUnfinished),
    ...changes.map((change) => `${keyOf(change)} is not at ${change.newVersion}`),
  ];
  const count = Math.max(1, changes.length + unfinished.length);
  return jobFailureBy({ words: DNF_WORDS, remedies: REMEDIES }, { ...run, count, findings });
}

/** The failure that packages are whose scripts fail again and again, though all their files are there. */
export function scriptsFailed(unfinished: readonly string[]): StepFailure {
  const message = `the scriptlets of ${unfinished.join(', ')} failed, also when they were run again`;
  return new StepFailure('PackageJobFailed', message, {
    remedy: SCRIPTS_REMEDY,
    findings: unfinished.map(describeUnfinished),
  });
}

function describeUnfinished(key: string): string {
  return `${key} is installed, and its scriptlets have not come to a good end`;
}
