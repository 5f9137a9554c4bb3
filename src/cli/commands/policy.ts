import type { Command } from 'commander';
import type { Kit } from '../kit.ts';
import { checkCommand } from './inventory/check.ts';
import { acknowledgeCommand } from './policy/acknowledge.ts';
import { reviewCommand } from './policy/review.ts';

export function policyCommand(kit: Kit): Command {
  return kit
    .group('policy', 'policies: what is wanted for a kind of host')
    .addCommand(checkCommand(kit, 'policy'))
    .addCommand(reviewCommand(kit))
    .addCommand(acknowledgeCommand(kit));
}
