import type { Command } from 'commander';
import type { Kit } from '../kit.ts';
import { checkCommand } from './inventory/check.ts';

export function policyCommand(kit: Kit): Command {
  return kit
    .group('policy', 'policies: what is wanted for a kind of host')
    .addCommand(checkCommand(kit, 'policy'));
}
