import type { RolloutInput } from '../../domain/rollout.ts';
import type { Inventory } from '../../planning/inventory.ts';
import { rolloutInput, type RolloutRequest } from '../../planning/rollout-input.ts';
import { BadRequest } from '../errors.ts';

export type { RolloutRequest };

/**
 * Which host would be in which wave, with everything a rollout is started with; nothing is started.
 * Throws BadRequest when no host is meant, one is not in the file, or its policies disagree.
 */
export function planRollout(inventory: Inventory, request: RolloutRequest): RolloutInput {
  const planned = rolloutInput(inventory, request);
  if (planned.ok) return planned.input;
  throw new BadRequest(`There is no rollout: ${planned.message}.`, planned.remedy);
}
