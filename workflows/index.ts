export { patchHost } from './patch-host.ts';
export { planHost } from './plan-host.ts';
