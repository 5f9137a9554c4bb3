import type { StepFailure } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import type { Argv, JobResult } from '../../host/tools.ts';
import { jobFailureBy } from '../shared/install-failure.ts';
import { keyOf } from '../shared/key-of.ts';
import type { Remedies } from '../shared/remedies.ts';
import { APT_WORDS } from './classify.ts';
import { describeState, isInterrupted, type PackageState } from './states.ts';

const REMEDIES: Remedies = {
  PackageJobFailed:
    'The packages that are named did not install: see the findings and the output of their maintainer scripts in /var/log/apt/term.log.',
  PackageJobTimedOut:
    'A maintainer script hung; the findings name its package. Only what hung below dpkg was ended.',
  PackageStateBroken: 'Look at `dpkg --audit` on the host.',
};

/** See {@link jobFailureBy}. */
export function jobFailure(
  argv: Argv,
  result: JobResult,
  states: readonly PackageState[],
  changes: readonly Change[],
): StepFailure {
  const findings = [
    ...states.filter(isInterrupted).map(describeState),
    ...changes.map((change) => `${keyOf(change)} is not at ${change.newVersion}`),
  ];
  const speech = { words: APT_WORDS, remedies: REMEDIES };
  return jobFailureBy(speech, { argv, result, count: changes.length, findings });
}
