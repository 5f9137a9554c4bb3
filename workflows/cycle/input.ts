import { ApplicationFailure } from '@temporalio/workflow';
import { PatchHostInput } from '../../src/domain/cycle.ts';
import { malformed } from '../../src/planning/malformed-window.ts';

/** Findings in one failure; enough to mend an input in one go, and bounded. */
const FINDINGS_MAX = 10;

/**
 * Whoever may start workflows can send anything, so the cycle checks its input itself.
 * Throws ApplicationFailure `BadInput` that names every field that is wrong.
 */
export function parseInput(rawInput: unknown): PatchHostInput {
  const parsed = PatchHostInput.safeParse(rawInput);
  const findings = parsed.success
    ? windowFindings(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  if (parsed.success && findings.length === 0) return parsed.data;
  throw ApplicationFailure.nonRetryable(
    `This patch cycle cannot start. ${findings.slice(0, FINDINGS_MAX).join('; ')}`.slice(0, 2_000),
    'BadInput',
    {
      remedy:
        'Start it with the patchcycle command or its client library, which check the input first.',
      findings: findings.slice(0, FINDINGS_MAX),
    },
  );
}

function windowFindings({ policy }: PatchHostInput): string[] {
  if (policy.window === undefined) return [];
  return malformed(policy.window).map((problem) => `policy.window: ${problem}`);
}
