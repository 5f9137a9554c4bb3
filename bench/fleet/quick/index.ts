/** The real rollout, over cycles that only say what real ones say. */
export { rollout } from '../../../workflows/rollout.ts';
export { patchHost } from './quick-cycle.ts';
