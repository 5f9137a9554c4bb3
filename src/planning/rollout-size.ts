import type { RolloutInput } from '../domain/rollout.ts';

/** Temporal takes messages of 2 MB, and the rollout hands its whole state from run to run. */
const STATE_BYTES_MAX = 1_800_000;

/** What is noted of one host, besides its name. */
const STANDING_BYTES = 100;

/** Why a rollout is too large to come to its end, as a piece of a sentence; null when it is not. */
export function sizeObjection(input: RolloutInput): string | null {
  const standingBytes = input.waves
    .flat()
    .reduce((sum, { host }) => sum + host.length + STANDING_BYTES, 0);
  const sizeBytes = new TextEncoder().encode(JSON.stringify(input)).length + standingBytes;
  return sizeBytes <= STATE_BYTES_MAX
    ? null
    : `the rollout takes ${sizeBytes} bytes, and ${STATE_BYTES_MAX} fit`;
}

export const TOO_LARGE_REMEDY = 'Make several of it, for example one for each group.';
