export { groupBudget } from './group-budget.ts';
export { hostRecord } from './host-record.ts';
export { knownBad } from './known-bad.ts';
export { notifications } from './notifications.ts';
export { patchHost } from './patch-host.ts';
export { planHost } from './plan-host.ts';
export { rollout } from './rollout.ts';
