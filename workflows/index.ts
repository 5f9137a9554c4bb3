export { acknowledgedPolicies } from './acknowledged-policies.ts';
export { groupBudget } from './group-budget.ts';
export { hostRecord } from './host-record.ts';
export { knownBad } from './known-bad.ts';
export { patchHost } from './patch-host.ts';
export { planHost } from './plan-host.ts';
export { policyReview } from './policy-review.ts';
export { rollout } from './rollout.ts';
