import type { PlanOverview } from '../domain/plan.ts';
import type { NamedPolicy } from '../domain/policy.ts';

/**
 * Why this plan needs a person's approval, as the end of a sentence that begins with "because";
 * null when it needs none. A plan that removes a package always needs one, whatever the policy says.
 */
export function needsPerson(policy: NamedPolicy, plan: PlanOverview): string | null {
  if (plan.removalCount > 0) {
    const names = plan.removals.slice(0, 5).map(({ name }) => name);
    const more =
      plan.removalCount > names.length ? ` and ${plan.removalCount - names.length} more` : '';
    return `the plan removes ${names.join(', ')}${more}`;
  }
  return policy.approval.required ? `policy ${policy.name} asks for approval` : null;
}
