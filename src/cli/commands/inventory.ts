import type { Command } from 'commander';
import type { Kit } from '../kit.ts';
import { checkCommand } from './inventory/check.ts';
import { diffCommand } from './inventory/diff.ts';
import { importCommand } from './inventory/import.ts';
import { schemaCommand } from './inventory/schema.ts';

export function inventoryCommand(kit: Kit): Command {
  return kit
    .group('inventory', 'policies, groups and hosts: the file that says what is wanted')
    .addCommand(checkCommand(kit, 'inventory'))
    .addCommand(diffCommand(kit))
    .addCommand(importCommand(kit))
    .addCommand(schemaCommand(kit));
}
