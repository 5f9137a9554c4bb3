import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Synchronous file functions are five times as fast as the others for many small things; in
 * return long loops give way now and then, so that the agent can say that it lives. A thousand
 * file operations take a few milliseconds.
 */
const STEPS_AT_ONCE = 1_000;

/** A function to await in every round of a long loop. */
export function makeBreathe(): () => Promise<void> | undefined {
  let steps = 0;
  return () => (++steps % STEPS_AT_ONCE === 0 ? nextTurn() : undefined);
}
