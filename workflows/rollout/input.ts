import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { RolloutInput, RolloutName } from '../../src/domain/rollout.ts';
import { sizeObjection } from '../../src/planning/rollout-size.ts';
import { rolloutNameOf } from '../../src/temporal/names.ts';

const FINDINGS_MAX = 10;

/**
 * Whoever may start workflows can send anything, so the rollout checks its input itself.
 * Throws ApplicationFailure `BadInput` that names what is wrong.
 */
export function parseRolloutInput(rawInput: unknown): { name: string; input: RolloutInput } {
  const { workflowId } = workflowInfo();
  const name = RolloutName.safeParse(rolloutNameOf(workflowId));
  if (!name.success)
    throw badInput([`the workflow ID ${workflowId.slice(0, 200)} is no rollout's`]);
  const input = RolloutInput.safeParse(rawInput);
  if (!input.success) {
    throw badInput(
      input.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`),
    );
  }
  const findings = findingsOf(input.data);
  if (findings.length > 0) throw badInput(findings);
  return { name: name.data, input: input.data };
}

/** What only shows when fields are seen together. */
function findingsOf(input: RolloutInput): string[] {
  const { waves, policies, progress } = input;
  // One that is under way already goes on as long as it fits.
  const tooLarge = progress === undefined ? sizeObjection(input) : null;
  const hosts = waves.flat();
  const names = hosts.map(({ host }) => host);
  const seen = new Set<string>();
  const twice = names.filter((host) => seen.size === seen.add(host).size);
  return [
    ...(tooLarge === null ? [] : [tooLarge]),
    ...twice.map((host) => `${host} is in it twice`),
    ...hosts
      .filter(({ policy }) => policies[policy] === undefined)
      .map(({ host, policy }) => `${host} has the policy number ${policy}, and there is none`),
    ...(progress !== undefined &&
    (progress.members.length !== seen.size ||
      progress.members.some(({ host, wave }) => !seen.has(host) || wave >= waves.length))
      ? ['progress: it is not that of these hosts']
      : []),
  ];
}

function badInput(findings: readonly string[]): ApplicationFailure {
  const named = findings.slice(0, FINDINGS_MAX);
  return ApplicationFailure.nonRetryable(
    `This rollout cannot start. ${named.join('; ')}`.slice(0, 2_000),
    'BadInput',
    {
      remedy:
        'Start it with the patchcycle command or its client library, which check the input first.',
      findings: named,
    },
  );
}
