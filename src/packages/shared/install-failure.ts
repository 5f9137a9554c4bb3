import { FINDINGS_MAX, type FailureType, type StepFailure } from '../../domain/failure.ts';
import { commandFailure } from '../../host/command.ts';
import type { Argv, JobResult } from '../../host/tools.ts';
import { classifyBy, decisiveLineBy } from './classify.ts';
import { remedyFor } from './remedies.ts';
import type { Speech } from './run.ts';

export type FailedRun = {
  argv: Argv;
  result: JobResult;
  /** How many packages are not as planned. */
  count: number;
  /** What is not in order, one sentence each. */
  findings: readonly string[];
};

/** What the last run of an installation failed with, naming every package that is not as planned. */
export function jobFailureBy(
  { words, remedies }: Pick<Speech, 'words' | 'remedies'>,
  { argv, result, count, findings }: FailedRun,
): StepFailure {
  const output = [...(result.notable ?? []), result.stderr, result.stdout].join('\n');
  const type = failureType(result, classifyBy(words, output, 'job'), findings);
  const end = result.timedOut
    ? 'hung until its deadline'
    : wasCutOff(result)
      ? 'was cut off'
      : decisiveLineBy(words, output, type);
  return commandFailure(
    type,
    `installing ${count} packages failed: ${end}`,
    { argv, exitCode: result.exitCode, stderr: result.stderr || result.stdout },
    remedyFor(type, remedies),
    findings.slice(0, FINDINGS_MAX),
  );
}

/** It vanished with the host, or somebody ended it. */
export function wasCutOff({ interrupted, exitCode }: JobResult): boolean {
  return interrupted || exitCode === null;
}

function failureType(
  result: JobResult,
  said: FailureType | null,
  findings: readonly string[],
): FailureType {
  if (result.timedOut) return 'PackageJobTimedOut';
  if (said === 'PackageJobFailed') return said;
  if (result.interrupted || result.exitCode === 0) {
    return findings.length > 0 ? 'PackageStateBroken' : 'PackageJobFailed';
  }
  return said === 'NotEnoughSpace' || said === 'PackageLockHeld' ? said : 'PackageJobFailed';
}
