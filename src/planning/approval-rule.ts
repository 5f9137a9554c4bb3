import type { PlanOverview } from '../domain/plan.ts';
import type { NamedPolicy } from '../domain/policy.ts';

/**
 * Why this plan needs a person's approval, as the end of a sentence that begins with "because";
 * null when it needs none. A plan that removes a package always needs one, whatever the policy says,
 * and so does every plan for a host whose own configuration does not allow unattended cycles.
 */
export function needsPerson(
  policy: NamedPolicy,
  plan: PlanOverview,
  hostIsUnattended: boolean,
): string | null {
  if (plan.removalCount > 0) {
    const names = plan.removals.slice(0, 5).map(({ name }) => name);
    const more =
      plan.removalCount > names.length ? ` and ${plan.removalCount - names.length} more` : '';
    return `the plan removes ${names.join(', ')}${more}`;
  }
  if (policy.approval.required) return `policy ${policy.name} asks for approval`;
  return hostIsUnattended ? null : 'the host accepts no plan that no person has approved';
}
