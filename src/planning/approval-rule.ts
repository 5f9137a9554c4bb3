import type { PlanOverview } from '../domain/plan.ts';
import type { NamedPolicy } from '../domain/policy.ts';
import { losses } from './losses.ts';

/**
 * Why this plan needs a person's approval, as the end of a sentence that begins with "because";
 * null when it needs none. A plan that removes a package (see `losses`) always needs one, whatever
 * the policy says, and so does every plan for a host whose own configuration does not allow unattended cycles.
 */
export function needsPerson(
  policy: NamedPolicy,
  plan: PlanOverview,
  hostIsUnattended: boolean,
): string | null {
  const lost = losses(plan.rows, plan.removals);
  // Removals beyond the cut of an overview could be anything.
  const lostCount = lost.length + plan.removalCount - plan.removals.length;
  if (lostCount > 0) {
    const names = lost.slice(0, 5).map(({ name }) => name);
    const more = lostCount > names.length ? ` and ${lostCount - names.length} more` : '';
    return `the plan removes ${names.join(', ')}${more}`;
  }
  if (policy.approval.required) return `policy ${policy.name} asks for approval`;
  return hostIsUnattended ? null : 'the host accepts no plan that no person has approved';
}
