import type { FailureType, StepFailure } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import type { Argv, JobResult } from '../../host/tools.ts';
import { classify, decisiveLine } from './classify.ts';
import { remedyFor } from '../shared/remedies.ts';
import { keyOf } from '../shared/key-of.ts';
import { describeState, isInterrupted, type PackageState } from './states.ts';

/** As FailureDetails bounds them. */
export const FINDINGS_MAX = 50;

const REMEDIES: Partial<Record<FailureType, string>> = {
  PackageJobFailed:
    'The packages that are named did not install: see the findings and the output of their maintainer scripts in /var/log/apt/term.log.',
  PackageJobTimedOut:
    'A maintainer script hung; the findings name its package. Only what hung below dpkg was ended.',
  PackageStateBroken: 'Look at `dpkg --audit` on the host.',
};

/** What the last run of an installation failed with, naming every package that is not as planned. */
export function jobFailure(
  argv: Argv,
  result: JobResult,
  states: readonly PackageState[],
  remaining: { changes: readonly Change[] },
): StepFailure {
  const output = `${result.stderr}\n${result.stdout}`;
  const findings = [
    ...states.filter(isInterrupted).map(describeState),
    ...remaining.changes.map((change) => `${keyOf(change)} is not at ${change.newVersion}`),
  ];
  const type = failureType(result, output, findings);
  const end = result.timedOut
    ? 'hung until its deadline'
    : result.interrupted
      ? 'was cut off'
      : decisiveLine(output, type);
  return commandFailure(
    type,
    `installing ${remaining.changes.length} packages failed: ${end}`,
    { argv, exitCode: result.exitCode, stderr: result.stderr || result.stdout },
    REMEDIES[type] ?? remedyFor(type),
    findings.slice(0, FINDINGS_MAX),
  );
}

function failureType(result: JobResult, output: string, findings: readonly string[]): FailureType {
  if (result.timedOut) return 'PackageJobTimedOut';
  if (result.interrupted || result.exitCode === 0) {
    return findings.length > 0 ? 'PackageStateBroken' : 'PackageJobFailed';
  }
  const type = classify(output, 'job');
  return type === 'NotEnoughSpace' || type === 'PackageLockHeld' ? type : 'PackageJobFailed';
}
