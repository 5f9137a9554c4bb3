import { StepFailure } from '../src/domain/failure.ts';
import { Plan } from '../src/domain/plan.ts';
import type { ChangeStepInput, PlannedStepInput } from '../src/domain/steps.ts';
import { planDigest } from '../src/packages/digest.ts';
import { losses } from '../src/planning/losses.ts';
import type { StepContext } from './context.ts';
import { requireSignature } from './signed-approval.ts';

/**
 * The plan that this host made and keeps for the cycle, if it is the one that the step names.
 * Fails with `PlanNotApproved` when there is none, and with `PlanDrifted` when it is another one.
 */
export async function plannedChanges(
  context: StepContext,
  input: Pick<PlannedStepInput, 'digest' | 'host'>,
): Promise<Plan> {
  const document = await context.journal.read('plan');
  if (document === undefined) {
    throw new StepFailure('PlanNotApproved', `${input.host} has made no plan in this cycle.`, {
      remedy: 'Start a new cycle: it makes a plan and has it approved.',
    });
  }
  const plan = Plan.parse(document);
  const own = planDigest(plan);
  if (own !== input.digest || plan.host !== context.config.host) {
    throw new StepFailure(
      'PlanDrifted',
      `${input.host} was asked to act on the plan ${input.digest}, and has made the plan ${own} for ${plan.host}. Nothing was changed.`,
      { remedy: 'Start a new cycle: the plan it makes has to be approved.' },
    );
  }
  return plan;
}

/**
 * What a step that changes the host may do: the host judges this itself, whoever asks. The approval
 * has to name the digest of the plan that the host made; without a person it is enough only where
 * agent.yaml says `unattended: true`, and never for a plan that removes a package. Where agent.yaml
 * has allowed signers, a person's approval needs a signature as signed-approval.ts tells.
 * Fails with `PlanNotApproved` or `PlanDrifted`, or as the verification of a signature does; nothing
 * was changed then.
 */
export async function checkApproval(
  context: StepContext,
  input: Omit<ChangeStepInput, 'policy'>,
): Promise<Plan> {
  const { approval, host } = input;
  if (approval.digest !== input.digest) {
    throw new StepFailure(
      'PlanNotApproved',
      `The approval is for the plan ${approval.digest}, and ${host} was asked to install ${input.digest}. Nothing was changed.`,
      { remedy: 'Start a new cycle and approve the plan that it shows.' },
    );
  }
  const plan = await plannedChanges(context, input);
  if (approval.kind === 'person') {
    await requireSignature(context, input, approval);
    return plan;
  }
  if (!context.config.unattended) {
    throw new StepFailure(
      'PlanNotApproved',
      `${host} does not accept cycles that no person has approved (policy ${approval.policy}). Nothing was changed.`,
      {
        remedy:
          'Set "approval: { required: true }" in the policy, or "unattended: true" in /etc/patchcycle/agent.yaml on the host, and start a new cycle.',
      },
    );
  }
  const lost = losses(plan.changes, plan.removals);
  if (lost.length > 0) {
    throw new StepFailure(
      'PlanNotApproved',
      `The plan for ${host} removes ${lost
        .map(({ name }) => name)
        .join(', ')
        .slice(0, 300)}, which needs a person's approval. Nothing was changed.`,
      { remedy: 'Start a new cycle and approve its plan.' },
    );
  }
  return plan;
}
